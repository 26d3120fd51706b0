package main

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed report.css
var reportCSS string

// markup is HTML in the making. It is written here rather than by html/template,
// which would make the binary a sixth larger.
type markup struct{ strings.Builder }

// add writes markup in which the strings among the arguments are escaped.
func (m *markup) add(format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = html.EscapeString(s)
		}
	}
	fmt.Fprintf(m, format, args...)
}

// writeReportHTML writes a report as one page that loads nothing and runs nothing.
func writeReportHTML(out io.Writer, r *report) error {
	p := &page{report: r}
	p.body()
	style := reportCSS + fmt.Sprintf("@media screen { .picture svg { min-width: %dpx; } }\n", int(p.width*readable))
	for i := range reportColours {
		style += fmt.Sprintf(".f%[1]d { fill: var(--r%[1]d); background: var(--r%[1]d); } svg .s%[1]d { stroke: var(--r%[1]d); }\n", i)
	}
	sum := sha256.Sum256([]byte(style))
	var head markup
	head.add(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-%s'"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title>Async runtimes of %s</title>
`, base64.StdEncoding.EncodeToString(sum[:]), p.name())
	_, err := io.WriteString(out, head.String()+"<style>"+style+"</style>\n</head>\n<body>\n"+p.String()+"</body>\n</html>\n")
	return err
}

// reportColours is how many reactors have a colour of their own; readable is how far
// the picture may shrink to fit a window before it scrolls instead.
const (
	reportColours = 8
	readable      = 0.72
)

// page is the body of a report.
type page struct {
	markup
	report *report
	width  float64 // of the picture
}

func (p *page) name() string { return filepath.Base(p.report.Workspace) }

func (p *page) body() {
	r := p.report
	p.add("<header>\n<h1>Async runtimes of %s</h1>\n<p class=\"lead\">What this workspace asks of its async runtimes, what it needs of them, and who drives which reactor.</p>\n", p.name())
	p.tiles()
	if !r.Complete {
		p.add("<div class=\"notice\" role=\"note\"><p>What is built is not known exactly, so that some of this may be missing:</p><ul>\n")
		for _, why := range r.Because {
			p.add("<li>%s</li>\n", why)
		}
		p.add("</ul></div>\n")
	}
	p.add("</header>\n<main>\n")
	p.pictureSection()
	p.reactors()
	p.packages()
	p.gone()
	p.bridges()
	p.duplicates()
	p.findings()
	p.add("</main>\n<footer><p>Made by reactorls %s from the manifests, the lockfile and the sources; nothing was run.</p></footer>\n", versionText())
}

func (p *page) tiles() {
	r := p.report
	unused, missing := 0, 0
	for _, pkg := range r.Packages {
		for _, u := range pkg.Runtimes {
			unused += len(u.Unused)
			missing += len(u.Missing) + len(u.DevMissing)
		}
	}
	tile := func(n int, what, class string) {
		if n == 0 && class != "" {
			class = "good"
		}
		p.add("<li class=%q><b>%d</b> <span>%s</span></li>\n", class, n, strings.TrimLeft(plural(n, what), "0123456789 "))
	}
	p.add("<ul class=\"tiles\" aria-label=\"In numbers\">\n")
	tile(len(r.Packages), "package", "")
	tile(r.Crates, "crate", "")
	tile(len(r.Reactors), "reactor", "")
	tile(unused, "unused feature", "warn")
	tile(missing, "missing feature", "bad")
	tile(len(r.Deprecated), "unmaintained crate", "bad")
	p.add("</ul>\n")
}

// table opens a table that scrolls by itself in a narrow window.
func (p *page) table(caption, class string, heads ...string) {
	p.add("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"%s\">\n<table class=%q>\n<caption><span>%s</span></caption>\n<thead><tr>", caption, class, caption)
	for _, h := range heads {
		p.add("<th scope=\"col\">%s</th>", h)
	}
	p.add("</tr></thead>\n")
}

func (p *page) endTable() { p.add("</table>\n</div>\n") }

// crate writes a package with its version in a softer colour.
func (p *page) crate(pkg string) {
	name, version, _ := strings.Cut(pkg, " ")
	p.add("<span class=\"crate\">%s <span class=\"version\">%s</span></span>", name, version)
}

func (p *page) way(path []string) {
	p.add("<span class=\"way\">")
	for i, pkg := range path {
		if i > 0 {
			p.add(" → ")
		}
		p.add("<span>%s</span>", pkg)
	}
	p.add("</span>")
}

// colourOf is the number of a reactor's colour.
func (p *page) colourOf(reactor string) int {
	for i, r := range p.report.picture.reactors {
		if r.Name == reactor {
			return i % reportColours
		}
	}
	return reportColours - 1
}

func (p *page) chips(features []string, class string, costs map[string]int) {
	if len(features) == 0 {
		p.add("<span class=\"soft\">–</span>")
		return
	}
	p.add("<ul class=\"chips\">")
	for _, f := range features {
		p.add("<li class=\"chip %s\">%s", class, f)
		if n := costs[f]; n > 0 {
			p.add(" <small>+%s</small>", plural(n, "crate"))
		}
		p.add("</li>")
	}
	p.add("</ul>")
}

func (p *page) reactors() {
	for _, reactor := range p.report.Reactors {
		p.add("<section>\n<h2><span class=\"dot f%d\"></span>%s</h2>\n<p>%s.", p.colourOf(reactor.Name), reactor.Name, reactor.About)
		if reactor.Context {
			p.add(" Its I/O and timers panic outside of its own runtime.")
		}
		p.add("</p>\n")
		p.table(fmt.Sprintf("Who drives %s, the nearest first", reactor.Name), "wide", "Package", "Asks", "Shortest way from the workspace")
		p.add("<tbody>\n")
		for _, d := range reactor.Drivers {
			p.add("<tr><th scope=\"row\">")
			p.crate(d.Package)
			if d.Dev {
				p.add(" <span class=\"chip warn\">tests only</span>")
			}
			p.add("</th><td>")
			p.chips(d.Asks, "", nil)
			p.add("</td><td>")
			p.way(d.Path)
			p.add("</td></tr>\n")
		}
		p.add("</tbody>\n")
		p.endTable()
		p.add("</section>\n")
	}
}

func (p *page) packages() {
	p.add("<section>\n<h2>What the packages ask and need</h2>\n")
	if p.report.Complete {
		p.add("<p>Where a feature alone brings in crates, their number stands beside it.</p>\n")
	}
	p.table("Runtime crates by package", "wide", "Package", "Runtime", "Asks", "Needs", "Not needed", "Missing")
	var without []string
	for _, pkg := range p.report.Packages {
		if len(pkg.Runtimes) == 0 {
			without = append(without, pkg.Name)
			continue
		}
		p.add("<tbody>\n")
		for i, u := range pkg.Runtimes {
			p.add("<tr>")
			if i == 0 {
				p.add("<th scope=\"rowgroup\" rowspan=\"%d\">", len(pkg.Runtimes))
				p.crate(pkg.Name + " " + pkg.Version)
				for _, name := range pkg.Reactors {
					p.add("<div class=\"reactors\"><span class=\"dot f%d\"></span>%s</div>", p.colourOf(name), name)
				}
				p.add("</th>")
			}
			p.runtime(u)
			p.add("</tr>\n")
		}
		p.add("</tbody>\n")
	}
	p.endTable()
	if len(without) > 0 {
		p.add("<p class=\"lead\">Without a runtime crate of their own: %s.</p>\n", strings.Join(without, ", "))
	}
	p.add("</section>\n")
}

func (p *page) runtime(u reportRuntime) {
	p.add("<th scope=\"row\">")
	p.crate(u.Crate + " " + u.Version)
	p.add("</th><td>")
	normal, dev := u.Declared, u.DevDeclared
	if _, has := u.costs("normal")["default"]; has {
		normal = slices.Concat([]string{"default"}, normal)
	}
	if len(normal) > 0 || len(dev) == 0 {
		p.chips(normal, "", u.costs("normal"))
	}
	if len(dev) > 0 {
		p.add("<span class=\"unsure\">for tests</span>")
		p.chips(dev, "", u.costs("dev"))
	}
	p.add("</td><td>")
	p.chips(u.Needs, "good", nil)
	if !u.Certain {
		p.add("<span class=\"unsure\">perhaps more: %s</span>", strings.Join(u.Because, "; "))
	}
	p.add("</td><td>")
	if len(u.Unused) > 0 || len(u.DevOnly) == 0 {
		p.chips(u.Unused, "warn", nil)
	}
	if len(u.DevOnly) > 0 {
		p.add("<span class=\"unsure\">by tests alone</span>")
		p.chips(u.DevOnly, "warn", nil)
	}
	p.add("</td><td>")
	p.chips(slices.Concat(u.Missing, u.DevMissing), "bad", nil)
	p.add("</td>")
}

func (p *page) gone() {
	if len(p.report.Deprecated) == 0 {
		return
	}
	p.add("<section>\n<h2>No longer maintained</h2>\n")
	p.table("Crates that are no longer maintained, and who brings them", "wide", "Crate", "State", "Way from the workspace", "Instead")
	p.add("<tbody>\n")
	for _, gone := range p.report.Deprecated {
		p.add("<tr><th scope=\"row\">")
		p.crate(gone.Package)
		p.add("</th><td><span class=\"chip bad\">%s</span> %s", gone.Is, gone.Reason)
		if gone.Advisory != "" {
			p.add(" (%s)", gone.Advisory)
		}
		p.add("</td><td>")
		p.way(gone.Path)
		if gone.Dev {
			p.add(" <span class=\"chip warn\">tests only</span>")
		}
		p.add("</td><td>")
		p.chips(gone.Successors, "", nil)
		p.add("</td></tr>\n")
	}
	p.add("</tbody>\n")
	p.endTable()
	p.add("</section>\n")
}

func (p *page) bridges() {
	if len(p.report.Bridges) == 0 {
		return
	}
	p.add("<section>\n<h2>Bridges</h2>\n")
	p.table("Crates that bring the context of a reactor to others", "", "Crate", "Gives", "How", "Way from the workspace")
	p.add("<tbody>\n")
	for _, b := range p.report.Bridges {
		p.add("<tr><th scope=\"row\">")
		p.crate(b.Package)
		p.add("</th><td>%s</td><td>%s</td><td>", b.Gives, b.How)
		p.way(b.Path)
		p.add("</td></tr>\n")
	}
	p.add("</tbody>\n")
	p.endTable()
	p.add("</section>\n")
}

func (p *page) duplicates() {
	if len(p.report.Duplicates) == 0 {
		return
	}
	p.add("<section>\n<h2>In several versions</h2>\n")
	p.table("Crates of the async world that are built more than once", "", "Crate", "Version", "Way from the workspace")
	for _, d := range p.report.Duplicates {
		p.add("<tbody>\n")
		for i, v := range d.Versions {
			p.add("<tr>")
			if i == 0 {
				p.add("<th scope=\"rowgroup\" rowspan=\"%d\"><span class=\"crate\">%s</span></th>", len(d.Versions), d.Crate)
			}
			p.add("<td>%s</td><td>", v.Version)
			p.way(v.Path)
			p.add("</td></tr>\n")
		}
		p.add("</tbody>\n")
	}
	p.endTable()
	p.add("</section>\n")
}

func (p *page) findings() {
	p.add("<section>\n<h2>Findings</h2>\n")
	c := p.report.Diagnostics
	if len(c.Rules) == 0 {
		p.add("<p>No problems.</p>\n</section>\n")
		return
	}
	p.add("<p>%s; <code>reactorls check</code> tells where each one is and how to mend it.</p>\n", p.report.sum())
	p.table("Findings by rule", "", "Rule", "Count", "Says")
	p.add("<tbody>\n")
	for _, rule := range rulesOf(c) {
		p.add("<tr><th scope=\"row\"><span class=\"crate\">%s</span></th><td class=\"number\">%d</td><td>%s</td></tr>\n", rule.Code, c.Rules[rule.Code], rule.Summary())
	}
	p.add("</tbody>\n")
	p.endTable()
	p.add("</section>\n")
}
