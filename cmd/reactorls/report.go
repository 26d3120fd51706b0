package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
)

// reporter is one run of the report command.
type reporter struct {
	format, output string
	demo           bool
	build          build
	out, errOut    io.Writer
}

func reportCommand() *cobra.Command {
	r := &reporter{out: os.Stdout, errOut: os.Stderr}
	cmd := &cobra.Command{
		Use:   "report [PATH]",
		Short: "Show the runtimes of the workspace at the path at a glance",
		Long: `Show the runtimes of the workspace at the path, by default of the one in the
current directory: what each package asks of them and needs, who drives which
reactor, what is no longer maintained and who brings it, and what each feature
costs in crates.

The format html is one page with a picture that needs nothing else; dot is for
Graphviz.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, paths []string) error {
			return r.run(cmd.Context(), append(paths, ".")[0])
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&r.format, "format", "", "how to write: human, json, html or dot (default by the name of --output, or human)")
	flags.StringVarP(&r.output, "output", "o", "", "the `file` to write to instead of standard output")
	flags.BoolVar(&r.demo, "demo", false, "report on a sample project that is built in")
	r.build.flags(flags)
	return cmd
}

// reportFormats are the forms of a report, in the order in which help names them.
var reportFormats = []struct {
	name, suffix string
	write        func(io.Writer, *report) error
}{
	{"human", ".txt", writeReportHuman},
	{"json", ".json", func(out io.Writer, r *report) error { return encode(out, r) }},
	{"html", ".html", writeReportHTML},
	{"dot", ".dot", writeReportDOT},
}

// reportWriter finds the form that is named, or, when none is, the one that the name
// of a file asks for.
func reportWriter(format, file string) (func(io.Writer, *report) error, error) {
	for _, f := range reportFormats {
		if format == f.name || format == "" && filepath.Ext(file) == f.suffix {
			return f.write, nil
		}
	}
	if format == "" {
		return writeReportHuman, nil
	}
	return nil, fmt.Errorf("unknown format %q: human, json, html or dot", format)
}

func (r *reporter) run(ctx context.Context, path string) error {
	if err := r.build.validate(); err != nil {
		return err
	}
	write, err := reportWriter(r.format, r.output)
	if err != nil {
		return fmt.Errorf("--format: %w", err)
	}
	session := engine.NewSession()
	if r.demo {
		demo, paths, err := demoSession()
		if err != nil {
			return err
		}
		session, path = demo, paths[0]
	}
	t, err := targetOf(session, path, r.demo)
	if err != nil {
		return err
	}
	s := session.Snapshot()
	w, err := s.Workspace(t.path)
	if err != nil {
		return err
	}
	result, err := diagnostics.Run(ctx, s, w, diagnostics.Options{Selection: r.build.selection, Platform: r.build.platform, Progress: progress(os.Stderr)})
	if err != nil {
		return err
	}
	problems(r.errOut, s, w)
	all, err := newReport(ctx, s, w, result, r.build)
	if err != nil {
		return err
	}
	if r.output == "" {
		return write(r.out, all)
	}
	file, err := os.Create(r.output)
	if err != nil {
		return err
	}
	if err := write(file, all); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// The types below are the public contract of report --format json;
// report.schema.json describes them. Lists are sorted and never null.

const reportVersion = 1

type report struct {
	Version     int               `json:"version"`
	Workspace   string            `json:"workspace"`
	Complete    bool              `json:"complete"`
	Because     []string          `json:"because"`
	Crates      int               `json:"crates"`
	Packages    []reportPackage   `json:"packages"`
	Reactors    []reportReactor   `json:"reactors"`
	Bridges     []reportBridge    `json:"bridges"`
	Deprecated  []reportGone      `json:"deprecated"`
	Duplicates  []reportDuplicate `json:"duplicates"`
	Diagnostics reportCounts      `json:"diagnostics"`

	picture *picture
}

type reportPackage struct {
	Name     string          `json:"name"`
	Version  string          `json:"version"`
	Manifest string          `json:"manifest"`
	Kind     string          `json:"kind"`
	Reactors []string        `json:"reactors"`
	Runtimes []reportRuntime `json:"runtimes"`
}

type reportRuntime struct {
	jsonRuntime
	Version string       `json:"version"`
	Locked  bool         `json:"locked"`
	Costs   []reportCost `json:"costs"`
}

type reportCost struct {
	Feature string `json:"feature"`
	Kind    string `json:"kind"`
	Target  string `json:"target"`
	Crates  int    `json:"crates"`
}

type reportReactor struct {
	Name    string       `json:"name"`
	About   string       `json:"about"`
	Context bool         `json:"context"`
	Drivers []jsonDriver `json:"drivers"`
}

type reportBridge struct {
	Package string   `json:"package"`
	Gives   string   `json:"gives"`
	How     string   `json:"how"`
	Path    []string `json:"path"`
}

type reportGone struct {
	jsonGone
	Is         string   `json:"is"`
	Successors []string `json:"successors"`
}

type reportDuplicate struct {
	Crate    string             `json:"crate"`
	Versions []reportOccurrence `json:"versions"`
}

type reportOccurrence struct {
	Version string   `json:"version"`
	Path    []string `json:"path"`
}

type reportCounts struct {
	Error   int            `json:"error"`
	Warning int            `json:"warning"`
	Info    int            `json:"info"`
	Hint    int            `json:"hint"`
	Rules   map[string]int `json:"rules"`
}

// newReport gathers all that is known of the runtimes of a workspace.
func newReport(ctx context.Context, s *engine.Snapshot, w *engine.Workspace, result diagnostics.Result, b build) (*report, error) {
	g := s.Graph(w)
	survey := g.Survey(b.selection, b.platform)
	graph := jsonGraphOf(g, survey)
	r := &report{
		Version: reportVersion, Workspace: w.Dir, Complete: graph.Complete, Because: graph.Because,
		Packages: []reportPackage{}, Reactors: []reportReactor{}, Bridges: bridgesOf(survey.Normal.Tree),
		Deprecated: []reportGone{}, Duplicates: duplicatesOf(survey.Normal.Tree),
		Diagnostics: countsOf(result.Diagnostics), picture: newPicture(survey),
	}
	crates := map[int]bool{}
	for _, n := range survey.Normal.Tree.Nodes {
		crates[n.Package] = true
	}
	r.Crates = len(crates)
	costs := costing{graph: g, build: b, base: map[cargo.Kind]int{}}
	for _, p := range w.Packages {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r.Packages = append(r.Packages, reportPackageOf(g, survey, p, result.Uses(p), &costs))
	}
	r.Packages = sortedBy(r.Packages, func(p reportPackage) string { return p.Manifest })
	for _, reactor := range graph.Reactors {
		known := runtimes.FindReactor(reactor.Name)
		r.Reactors = append(r.Reactors, reportReactor{reactor.Name, known.About, known.Context, nearest(reactor.Drivers)})
	}
	for _, gone := range graph.Deprecated {
		name, version, _ := strings.Cut(gone.Package, " ")
		status, _ := engine.Gone(name, version)
		r.Deprecated = append(r.Deprecated, reportGone{gone, status.Is, list(status.Successors)})
	}
	return r, nil
}

// nearest orders drivers by their distance from the workspace.
func nearest(drivers []jsonDriver) []jsonDriver {
	drivers = slices.Clone(drivers)
	slices.SortStableFunc(drivers, func(a, b jsonDriver) int {
		return cmp.Or(cmp.Compare(len(a.Path), len(b.Path)), strings.Compare(a.Package, b.Package))
	})
	return drivers
}

func reportPackageOf(g *engine.Graph, survey engine.Survey, p *engine.Package, uses []*engine.Use, costs *costing) reportPackage {
	j := jsonPackageOf(p, uses, costs.build.selection)
	r := reportPackage{
		Name: j.Name, Version: j.Version, Manifest: j.Manifest, Kind: j.Kind,
		Reactors: reactorsBelow(g, survey.Normal.Tree, p), Runtimes: []reportRuntime{},
	}
	uses = sortedBy(uses, func(u *engine.Use) string { return u.Crate }) // as in j
	for i, u := range uses {
		r.Runtimes = append(r.Runtimes, reportRuntime{j.Runtimes[i], u.Version, u.Locked, costs.of(u)})
	}
	return r
}

// reactorsBelow names the reactors that a package and what it is built of drive.
func reactorsBelow(g *engine.Graph, t *cargo.Tree, p *engine.Package) []string {
	names := []string{}
	member, ok := g.Member(p)
	root := t.Node(member)
	if !ok || root < 0 {
		return names
	}
	reach := t.Reach(root)
	for _, d := range engine.Drivers(t, reach.Nodes) {
		if !slices.Contains(names, d.Reactor.Name) {
			names = append(names, d.Reactor.Name)
		}
	}
	slices.Sort(names)
	return names
}

// costing counts what features bring in.
type costing struct {
	graph *engine.Graph
	build build
	base  map[cargo.Kind]int
}

// of tells, for each feature that the entries of a runtime crate ask, how many
// crates would not be built without it. It says nothing where the graph is not
// known exactly.
func (c *costing) of(u *engine.Use) []reportCost {
	costs := []reportCost{}
	if !c.graph.Complete() {
		return costs
	}
	for _, part := range []*engine.Part{&u.Normal, &u.Dev, &u.Build} {
		for _, e := range part.Entries {
			features := slices.Clone(e.Features)
			if e.DefaultFeatures && len(u.Know.Implies("default")) > 0 {
				features = append(features, "default")
			}
			slices.Sort(features)
			for _, f := range slices.Compact(features) {
				if _, known := c.base[e.Kind]; !known {
					c.base[e.Kind] = c.crates(c.graph, e.Kind)
				}
				costs = append(costs, reportCost{
					Feature: f, Kind: kindNames[e.Kind], Target: e.Target,
					Crates: c.base[e.Kind] - c.crates(c.graph.Without(u.Package, e, f), e.Kind),
				})
			}
		}
	}
	return costs
}

var kindNames = map[cargo.Kind]string{cargo.Normal: "normal", cargo.Dev: "dev", cargo.Build: "build"}

// crates counts what is built, tests included where an entry serves only them.
func (c *costing) crates(g *engine.Graph, kind cargo.Kind) int {
	kinds := []cargo.Kind{cargo.Normal, cargo.Build}
	if kind == cargo.Dev {
		kinds = append(kinds, cargo.Dev)
	}
	return len(g.Tree(c.build.selection, c.build.platform, kinds...).Nodes)
}

func bridgesOf(t *cargo.Tree) []reportBridge {
	all := []reportBridge{}
	for _, b := range engine.BridgesIn(t, t.All()) {
		n := slices.IndexFunc(t.Nodes, func(n cargo.Node) bool { return t.Graph.Packages[n.Package].Name == b.Name })
		all = append(all, reportBridge{t.Package(n).String(), b.Gives, b.How, t.Path(n)})
	}
	return all
}

// duplicatesOf lists the crates of the field that are built in several versions.
func duplicatesOf(t *cargo.Tree) []reportDuplicate {
	all := []reportDuplicate{}
	for n := range t.Nodes {
		p := t.Package(n)
		if t.Nodes[n].Host || runtimes.Known(p.Name) == nil {
			continue
		}
		i := slices.IndexFunc(all, func(d reportDuplicate) bool { return d.Crate == p.Name })
		if i < 0 {
			i = len(all)
			all = append(all, reportDuplicate{Crate: p.Name})
		}
		all[i].Versions = append(all[i].Versions, reportOccurrence{p.Version, t.Path(n)})
	}
	all = slices.DeleteFunc(all, func(d reportDuplicate) bool { return len(d.Versions) < 2 })
	return sortedBy(all, func(d reportDuplicate) string { return d.Crate })
}

func countsOf(ds []diagnostics.Diagnostic) reportCounts {
	c := reportCounts{Rules: map[string]int{}}
	for _, d := range ds {
		c.Rules[d.Rule.Code]++
		switch d.Severity {
		case diagnostics.Error:
			c.Error++
		case diagnostics.Warning:
			c.Warning++
		case diagnostics.Information:
			c.Info++
		case diagnostics.Hint:
			c.Hint++
		}
	}
	return c
}

// sum is the counts in words.
func (r *report) sum() string {
	c := r.Diagnostics
	counts := map[diagnostics.Severity]int{
		diagnostics.Error: c.Error, diagnostics.Warning: c.Warning, diagnostics.Information: c.Info, diagnostics.Hint: c.Hint,
	}
	return countsText(counts, len(r.Packages), func(_ diagnostics.Severity, count string) string { return count })
}

// rulesOf lists the rules that have findings.
func rulesOf(c reportCounts) []*diagnostics.Rule {
	var rules []*diagnostics.Rule
	for _, r := range diagnostics.Rules {
		if c.Rules[r.Code] > 0 {
			rules = append(rules, r)
		}
	}
	return rules
}
