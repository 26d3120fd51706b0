package main

import (
	"fmt"
	"slices"
	"strings"
)

// The sizes of what is in a picture. Labels are in a monospaced font, of which no
// common one is wider than this.
const (
	letter     = 7.3
	lineHeight = 17
	padding    = 10
	maxLetters = 40
	maxLines   = 14
)

// label is a box's text: a line for each package, or fewer where there are many.
func (n pictureNode) label() []string {
	lines := slices.Clone(n.packages)
	if len(lines) > maxLines {
		lines = append(lines[:maxLines-1], fmt.Sprintf("and %d more", len(n.packages)-maxLines+1))
	}
	for i, l := range lines {
		name, version, _ := strings.Cut(l, " ")
		if name, room := []rune(name), max(1, maxLetters-len(version)-1); len(name) > room {
			lines[i] = string(name[:room-1]) + "… " + version
		}
	}
	return lines
}

// pictureSection draws the way from the workspace to the reactors.
func (p *page) pictureSection() {
	pic := p.report.picture
	p.add("<section>\n<h2>Who leads to which reactor</h2>\n")
	if len(pic.nodes) == 0 {
		p.add("<p>Nothing here drives a reactor, as far as can be seen.</p>\n</section>\n")
		return
	}
	p.add("<p>The packages of the workspace are on the left, the reactors on the right. What is between depends on what drives them; the coloured bar marks who does.</p>\n")
	sizes, edges := make([][2]float64, len(pic.nodes)), make([][]int, len(pic.nodes))
	for i, n := range pic.nodes {
		lines, letters := n.label(), 0
		for _, l := range lines {
			letters = max(letters, len([]rune(l)))
		}
		sizes[i] = [2]float64{float64(letters)*letter + 2*padding + 6, float64(len(lines)*lineHeight + 12)}
		edges[i] = n.edges
		if n.reactor >= 0 {
			sizes[i][1] += lineHeight
			sizes[i][0] = max(sizes[i][0], float64(len(pic.driverCount(n.reactor)))*6.5+2*padding+6)
		}
	}
	l := place(sizes, edges, func(node int) bool { return pic.nodes[node].reactor >= 0 })
	p.width = l.width
	p.add("<div class=\"scroll picture\" role=\"region\" tabindex=\"0\" aria-label=\"Picture of who leads to which reactor\">\n")
	p.add("<svg width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-labelledby=\"picture-title picture-text\">\n", l.width, l.height, l.width, l.height)
	p.add("<title id=\"picture-title\">Who leads to which reactor</title>\n<desc id=\"picture-text\">%s</desc>\n", pic.words())
	for _, w := range l.wires {
		p.wire(l, w)
	}
	for i := range pic.nodes {
		p.node(l.boxes[i], i)
	}
	p.add("</svg>\n</div>\n")
	p.legend()
	p.add("</section>\n")
}

// driverCount says how many packages drive a reactor.
func (p *picture) driverCount(reactor int) string {
	count := 0
	for i := range p.nodes {
		if slices.Contains(p.drives(i), reactor) {
			count += len(p.nodes[i].packages)
		}
	}
	return "driven by " + fmt.Sprint(count)
}

// wire draws a curve between two columns; where it comes from further left, it
// first runs straight through the one.
func (p *page) wire(l *layout, w wire) {
	pic := p.report.picture
	target := pic.nodes[w.target]
	class := "edge"
	if len(target.leads) == 1 {
		class += fmt.Sprintf(" s%d", target.leads[0]%reportColours)
	}
	if target.reactor >= 0 {
		class += " drive"
	}
	if !slices.ContainsFunc(w.sources, func(n int) bool { return !pic.nodes[n].tests[w.target] }) {
		class += " test"
	}
	from, to := l.boxes[w.from], l.boxes[w.to]
	start := from.x + from.w
	bend := (to.x - start) / 2
	d := fmt.Sprintf("M%.1f %.1f", start, from.y)
	if !slices.Contains(w.sources, w.from) {
		d = fmt.Sprintf("M%.1f %.1fH%.1f", from.x, from.y, start)
	}
	d += fmt.Sprintf("C%.1f %.1f %.1f %.1f %.1f %.1f", start+bend, from.y, to.x-bend, to.y, to.x, to.y)
	p.add("<path class=%q d=%q/>\n", class, d)
}

func (p *page) node(b box, i int) {
	pic := p.report.picture
	n := pic.nodes[i]
	top := b.y - b.h/2
	p.add("<g><title>%s</title>", p.hint(i))
	if n.reactor >= 0 {
		p.add("<rect class=\"f%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"9\"/>", n.reactor%reportColours, b.x, top, b.w, b.h)
		p.add("<text class=\"on name\" x=\"%.1f\" y=\"%.1f\">%s</text>", b.x+padding, top+19, n.packages[0])
		p.add("<text class=\"on small\" x=\"%.1f\" y=\"%.1f\">%s</text></g>\n", b.x+padding, top+35, pic.driverCount(n.reactor))
		return
	}
	class := "node"
	switch {
	case n.gone:
		class += " gone"
	case n.dev:
		class += " dev"
	case n.member:
		class += " member"
	}
	p.add("<rect class=%q x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"6\"/>", class, b.x, top, b.w, b.h)
	drives := pic.drives(i)
	for k, r := range drives { // one above the other, where there are several
		part := (b.h - 8) / float64(len(drives))
		p.add("<rect class=\"f%d\" x=\"%.1f\" y=\"%.1f\" width=\"4\" height=\"%.1f\" rx=\"2\"/>", r%reportColours, b.x+b.w-7, top+4+float64(k)*part, part)
	}
	for k, line := range n.label() {
		name, version, _ := strings.Cut(line, " ")
		weight := ""
		if n.member {
			weight = " class=\"name\""
		}
		fmt.Fprintf(p, "<text%s x=\"%.1f\" y=\"%.1f\">", weight, b.x+padding, top+19+float64(k*lineHeight))
		p.add("%s <tspan class=\"v\">%s</tspan></text>", name, version)
	}
	p.add("</g>\n")
}

// hint says in full what a box stands for.
func (p *page) hint(i int) string {
	pic := p.report.picture
	n := pic.nodes[i]
	if n.reactor >= 0 {
		return fmt.Sprintf("%s, %s", n.packages[0], pic.driverCount(n.reactor))
	}
	text := strings.Join(n.packages, ", ")
	var drives []string
	for _, r := range pic.drives(i) {
		drives = append(drives, pic.reactors[r].Name)
	}
	if len(drives) > 0 {
		text += ": drives " + strings.Join(drives, " and ")
	}
	if n.gone {
		text += "; no longer maintained"
	}
	if n.dev {
		text += "; for tests only"
	}
	return text
}

func (p *page) legend() {
	p.add("<ul class=\"legend\">\n")
	for i, r := range p.report.picture.reactors {
		p.add("<li><i class=\"f%d\"></i>%s</li>\n", i%reportColours, r.Name)
	}
	p.add("<li><i class=\"member\"></i>package of the workspace</li>\n")
	if slices.ContainsFunc(p.report.picture.nodes, func(n pictureNode) bool { return n.gone }) {
		p.add("<li><i class=\"gone\"></i>no longer maintained</li>\n")
	}
	if slices.ContainsFunc(p.report.picture.nodes, func(n pictureNode) bool {
		return slices.ContainsFunc(n.edges, func(to int) bool { return n.tests[to] })
	}) {
		p.add("<li><i class=\"dev\"></i>for tests only</li>\n")
	}
	p.add("</ul>\n")
}
