package main

import (
	"encoding/json"
	"io"
	"slices"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/text"
)

// The types below are the public contract of check --format json; check.schema.json
// describes them. Lists are sorted and never null.

const jsonVersion = 1

type jsonReport struct {
	Version     int              `json:"version"`
	Workspace   string           `json:"workspace"`
	Packages    []jsonPackage    `json:"packages"`
	Graph       jsonGraph        `json:"graph"`
	Diagnostics []jsonDiagnostic `json:"diagnostics"`
}

type jsonPackage struct {
	Name     string        `json:"name"`
	Version  string        `json:"version"`
	Manifest string        `json:"manifest"`
	Kind     string        `json:"kind"`
	Runtimes []jsonRuntime `json:"runtimes"`
}

type jsonRuntime struct {
	Crate       string   `json:"crate"`
	Declared    []string `json:"declared"`
	DevDeclared []string `json:"dev_declared"`
	Needs       []string `json:"needs"`
	DevNeeds    []string `json:"dev_needs"`
	Unused      []string `json:"unused"`
	DevOnly     []string `json:"dev_only"`
	Missing     []string `json:"missing"`
	DevMissing  []string `json:"dev_missing"`
	Certain     bool     `json:"certain"`
	Because     []string `json:"because"`
}

type jsonGraph struct {
	Complete   bool                `json:"complete"`
	Because    []string            `json:"because"`
	Features   map[string][]string `json:"features"`
	Reactors   []jsonReactor       `json:"reactors"`
	Deprecated []jsonGone          `json:"deprecated"`
}

type jsonReactor struct {
	Name    string       `json:"name"`
	Drivers []jsonDriver `json:"drivers"`
}

type jsonDriver struct {
	Package string   `json:"package"`
	Path    []string `json:"path"`
	Asks    []string `json:"asks"`
	Dev     bool     `json:"dev"`
}

type jsonGone struct {
	Package  string   `json:"package"`
	Path     []string `json:"path"`
	Reason   string   `json:"reason"`
	Advisory string   `json:"advisory"`
	Dev      bool     `json:"dev"`
}

type jsonDiagnostic struct {
	Rule     string    `json:"rule"`
	Severity string    `json:"severity"`
	Message  string    `json:"message"`
	Path     string    `json:"path"`
	Range    jsonRange `json:"range"`
	Fixes    []jsonFix `json:"fixes"`
}

type jsonRange struct {
	Start jsonPosition `json:"start"`
	End   jsonPosition `json:"end"`
}

type jsonPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Offset int `json:"offset"`
}

type jsonFix struct {
	Title string     `json:"title"`
	Safe  bool       `json:"safe"`
	Edits []jsonEdit `json:"edits"`
}

type jsonEdit struct {
	Path  string `json:"path"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// jsonPrinter prints one object a workspace.
type jsonPrinter struct {
	out   io.Writer
	build build
}

func (j jsonPrinter) close(bool) error { return nil }

func (j jsonPrinter) print(c checked) error {
	s, w := c.snapshot, c.workspace
	g := s.Graph(w)
	report := jsonReport{
		Version: jsonVersion, Workspace: w.Dir,
		Packages: []jsonPackage{}, Diagnostics: []jsonDiagnostic{},
		Graph: jsonGraphOf(g, g.Survey(j.build.selection, j.build.platform)),
	}
	for _, p := range w.Packages {
		if c.target.member == "" || p.File.Path == c.target.member {
			report.Packages = append(report.Packages, jsonPackageOf(p, c.result.Uses(p), j.build.selection))
		}
	}
	report.Packages = sortedBy(report.Packages, func(p jsonPackage) string { return p.Manifest })
	for _, d := range c.result.Diagnostics {
		report.Diagnostics = append(report.Diagnostics, jsonDiagnosticOf(s, d))
	}
	return encode(j.out, report)
}

// encode writes indented JSON.
func encode(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func jsonPackageOf(p *engine.Package, uses []*engine.Use, sel engine.Selection) jsonPackage {
	j := jsonPackage{Name: p.Name, Version: p.Version, Manifest: p.File.Path, Kind: p.Kind(), Runtimes: []jsonRuntime{}}
	for _, u := range uses {
		r := jsonRuntime{
			Crate:    u.Crate,
			Declared: list(u.Normal.Declared()), DevDeclared: list(u.Dev.Declared()),
			Needs: list(u.Normal.Features()), DevNeeds: list(u.Dev.Features()),
			Missing: []string{}, DevMissing: []string{},
			Certain: u.Certain(), Because: list(slices.Sorted(slices.Values(u.Because))),
		}
		unused, devOnly := u.UnusedFeatures()
		r.Unused, r.DevOnly = list(unused), list(devOnly)
		for _, m := range u.MissingUnder(sel) {
			switch {
			case m.Dev:
				r.DevMissing = append(r.DevMissing, m.Feature)
			case !m.Build:
				r.Missing = append(r.Missing, m.Feature)
			}
		}
		j.Runtimes = append(j.Runtimes, r)
	}
	j.Runtimes = sortedBy(j.Runtimes, func(r jsonRuntime) string { return r.Crate })
	return j
}

func jsonGraphOf(g *engine.Graph, survey engine.Survey) jsonGraph {
	j := jsonGraph{
		Complete: g.Complete(), Because: list(g.Because), Features: survey.Normal.Tree.Features(),
		Reactors: []jsonReactor{}, Deprecated: []jsonGone{},
	}
	for name, features := range j.Features {
		j.Features[name] = list(features)
	}
	add := func(f engine.Found, dev bool) {
		for _, d := range f.Drivers {
			i := slices.IndexFunc(j.Reactors, func(r jsonReactor) bool { return r.Name == d.Reactor.Name })
			if i < 0 {
				i = len(j.Reactors)
				j.Reactors = append(j.Reactors, jsonReactor{Name: d.Reactor.Name})
			}
			j.Reactors[i].Drivers = append(j.Reactors[i].Drivers, jsonDriver{
				Package: f.Tree.Package(d.Node).String(), Path: f.Tree.Path(d.Node), Asks: list(d.Asks), Dev: dev,
			})
		}
		for _, n := range f.Gone {
			p := f.Tree.Package(n)
			status, _ := engine.Gone(p.Name, p.Version)
			gone := jsonGone{Package: p.String(), Path: f.Tree.Path(n), Reason: status.Reason, Dev: dev}
			if len(status.Advisories) > 0 {
				gone.Advisory = status.Advisories[0]
			}
			j.Deprecated = append(j.Deprecated, gone)
		}
	}
	add(survey.Normal, false)
	add(survey.Dev, true)
	j.Reactors = sortedBy(j.Reactors, func(r jsonReactor) string { return r.Name })
	for i := range j.Reactors {
		j.Reactors[i].Drivers = sortedBy(j.Reactors[i].Drivers, func(d jsonDriver) string { return d.Package })
	}
	j.Deprecated = sortedBy(j.Deprecated, func(d jsonGone) string { return d.Package })
	return j
}

// list is never null in JSON.
func list(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

func jsonDiagnosticOf(s *engine.Snapshot, d diagnostics.Diagnostic) jsonDiagnostic {
	m := s.File(d.Path).Mapper()
	at := func(offset int) jsonPosition {
		p := m.Position(offset, text.UTF32)
		return jsonPosition{p.Line + 1, p.Column + 1, offset}
	}
	j := jsonDiagnostic{
		Rule: d.Rule.Code, Severity: d.Severity.String(), Message: d.Message, Path: d.Path,
		Range: jsonRange{at(d.Span.Start), at(d.Span.End)}, Fixes: []jsonFix{},
	}
	for _, f := range d.Fixes {
		jf := jsonFix{Title: f.Title, Safe: f.Safe, Edits: []jsonEdit{}}
		for _, e := range f.Edits {
			jf.Edits = append(jf.Edits, jsonEdit{e.Path, e.Start, e.End, e.New})
		}
		jf.Edits = sortedBy(jf.Edits, func(e jsonEdit) int { return e.Start })
		j.Fixes = append(j.Fixes, jf)
	}
	return j
}
