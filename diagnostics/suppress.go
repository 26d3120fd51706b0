package diagnostics

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/text"
	"reactorls/engine/toml"
)

//go:embed stale-allow.md
var staleAllowPage string

var staleAllow = &Rule{
	Code: "stale-allow", Severity: Information, Page: staleAllowPage,
	run: func(*pass) {}, // what it reports is known after all others: allowances.stale
}

// allowances are all suppressions of a workspace, and which of them did
// something.
type allowances struct {
	list    []*allowance
	ignored []*ignoredFeature
}

// allowance suppresses one rule: in a package, in a workspace, or on a line.
type allowance struct {
	rule string
	path string
	span text.Span // of the name
	// dir is where it holds: below it, or, for one in a comment, only on line.
	dir    string
	line   text.Span // empty for metadata
	remove []text.Edit
	used   bool
}

// ignoredFeature keeps a feature of a crate from being called unused.
type ignoredFeature struct {
	crate, feature string
	pkg            *engine.Package // nil: the whole workspace
	path           string
	span           text.Span
	remove         []text.Edit
	used           bool
}

// comment finds reactorls: allow(rule, rule) behind # or //.
var comment = regexp.MustCompile(`(?:#|//)[ \t]*reactorls:[ \t]*allow\(([^)\n]*)\)`)

func readAllowances(st *state) *allowances {
	a := &allowances{}
	w := st.workspace
	if w.Manifest.Workspace != nil {
		a.metadata(w.Root, w.Manifest.Workspace.Metadata, w.Dir, nil)
	}
	files := map[string]*engine.File{w.Root.Path: w.Root}
	for _, p := range w.Packages {
		a.metadata(p.File, p.Manifest.Package.Metadata, p.Dir, p)
		files[p.File.Path] = p.File
		for _, u := range st.uses[p] {
			for _, path := range u.Files() {
				if f := st.snapshot.File(path); f != nil {
					files[path] = f
				}
			}
		}
	}
	for _, f := range files {
		a.comments(f)
	}
	return a
}

// metadata reads [package.metadata.reactorls] or its twin of the workspace.
func (a *allowances) metadata(f *engine.File, n *toml.Node, dir string, pkg *engine.Package) {
	doc := f.Manifest().Doc
	without := func(list *toml.Node, name string) []text.Edit {
		var left []string
		for _, e := range list.Items() {
			if s, _ := e.Text(); s != name {
				left = append(left, s)
			}
		}
		return doc.SetArray(list, left)
	}
	allow := n.Get("allow")
	for _, e := range allow.Items() {
		if rule, ok := e.Text(); ok {
			a.list = append(a.list, &allowance{rule: rule, path: f.Path, span: e.At(), dir: dir, remove: without(allow, rule)})
		}
	}
	for _, crate := range n.Get("ignore-features").Members() {
		for _, e := range crate.Items() {
			if feature, ok := e.Text(); ok {
				a.ignored = append(a.ignored, &ignoredFeature{
					crate: crate.Key.Name, feature: feature, pkg: pkg, path: f.Path, span: e.At(), remove: without(crate, feature),
				})
			}
		}
	}
}

// comments reads the suppressions of single lines.
func (a *allowances) comments(f *engine.File) {
	if !strings.Contains(f.Text, "reactorls:") {
		return
	}
	for _, m := range comment.FindAllStringSubmatchIndex(f.Text, -1) {
		start := text.LineStart(f.Text, m[0])
		line := text.Span{Start: start, End: text.LineEnd(f.Text, m[0])}
		remove := text.Edit{Span: text.Span{Start: start + len(strings.TrimRight(f.Text[start:m[0]], " \t")), End: line.End}}
		if strings.TrimSpace(f.Text[start:m[0]]) == "" { // alone on its line: it speaks of the next
			remove = text.Edit{Span: text.Span{Start: start, End: text.NextLine(f.Text, m[0])}}
			line.End = text.LineEnd(f.Text, text.NextLine(f.Text, m[0]))
		}
		at := m[2]
		for _, part := range strings.Split(f.Text[m[2]:m[3]], ",") {
			name := strings.TrimSpace(part)
			span := text.Span{Start: at + strings.Index(part, name), End: at + strings.Index(part, name) + len(name)}
			at += len(part) + 1
			a.list = append(a.list, &allowance{rule: name, path: f.Path, span: span, line: line, remove: []text.Edit{remove}})
		}
	}
}

// covers reports whether a diagnostic is suppressed, and notes by what.
func (a *allowances) covers(d Diagnostic) bool {
	covered := false
	for _, x := range a.list {
		if x.rule != d.Rule.Code {
			continue
		}
		if x.line == (text.Span{}) {
			if d.Path != filepath.Join(x.dir, engine.ManifestName) && !strings.HasPrefix(d.Path, x.dir+string(filepath.Separator)) {
				continue
			}
		} else if d.Path != x.path || !x.line.Covers(text.Span{Start: d.Span.Start, End: d.Span.Start}) {
			continue
		}
		x.used = true
		covered = true
	}
	return covered
}

// keeps reports whether a feature is to be left alone.
func (a *allowances) keeps(u *engine.Use, feature string) bool {
	kept := false
	for _, x := range a.ignored {
		if (x.crate == u.Name || x.crate == u.Crate) && x.feature == feature && (x.pkg == nil || x.pkg == u.Package) {
			x.used = true
			kept = true
		}
	}
	return kept
}

// stale reports the suppressions that did nothing, or name no rule.
func (a *allowances) stale() []Diagnostic {
	var ds []Diagnostic
	var codes []string
	for _, r := range Rules {
		codes = append(codes, r.Code)
	}
	for _, x := range a.list {
		d := Diagnostic{
			Rule: staleAllow, Severity: staleAllow.Severity, Path: x.path, Span: x.span, Unnecessary: true,
			Message: fmt.Sprintf("`%s` has nothing to suppress here", x.rule),
			Fixes:   []Fix{{Title: "Remove it", Safe: true, Edits: edits(x.path, x.remove)}},
		}
		if !slices.Contains(codes, x.rule) {
			d.Message = fmt.Sprintf("no rule is called `%s`", x.rule)
			if near := Nearest(x.rule, codes); near != "" {
				d.Help = append(d.Help, fmt.Sprintf("the nearest is `%s`", near))
			}
		} else if x.used {
			continue
		}
		ds = append(ds, d)
	}
	for _, x := range a.ignored {
		if !x.used {
			ds = append(ds, Diagnostic{
				Rule: staleAllow, Severity: staleAllow.Severity, Path: x.path, Span: x.span, Unnecessary: true,
				Message: fmt.Sprintf("feature `%s` of %s would not be reported", x.feature, x.crate),
				Fixes:   []Fix{{Title: "Remove it", Safe: true, Edits: edits(x.path, x.remove)}},
			})
		}
	}
	return ds
}
