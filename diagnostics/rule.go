// Package diagnostics says what is wrong with a workspace and how to mend it.
// Each rule is one file, with its page beside it; the registry is all.go.
package diagnostics

import (
	"fmt"
	"strings"

	"reactorls/engine"
	"reactorls/engine/text"
)

// Severity is how much a diagnostic matters.
type Severity uint8

// The severities, least first. Off is that of a rule that people turned off.
const (
	Off Severity = iota
	Hint
	Information
	Warning
	Error
)

var severityNames = map[Severity]string{Hint: "hint", Information: "info", Warning: "warning", Error: "error"}

// String is the name of the severity: hint, info, warning or error.
func (s Severity) String() string { return severityNames[s] }

// ParseSeverity reads what String writes.
func ParseSeverity(name string) (Severity, error) {
	for s, n := range severityNames {
		if n == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("unknown level %q: hint, info, warning or error", name)
}

// ParseLevel reads what people choose for a rule: a severity, or off.
func ParseLevel(name string) (Severity, error) {
	if name == "off" {
		return Off, nil
	}
	return ParseSeverity(name)
}

// Rule is one thing that can be wrong.
type Rule struct {
	// Code names the rule everywhere: in output, settings and suppressions.
	Code string
	// Severity is that of its diagnostics unless they are unsure.
	Severity Severity
	// Page is its documentation in markdown; pages_test.go holds its form.
	Page string

	// A rule says what it looks at, for it is asked again only when that has changed.
	//
	// code looks at one package: its code, its manifest, and that of the workspace.
	code func(*pass, *engine.Package)
	// fails looks at one call that panics, or never comes back, when it is come to: see failed.
	fails func(*pass, failure)
	// each looks at one package, at what the workspace is built of, and at what readOthers
	// gathers.
	each func(*pass, *engine.Package)
	// built looks at what the workspace is built of and at the facts of its packages.
	built func(*pass)
	// run looks at all packages, each time. It should not look at their code, only at what
	// was made of it, for code is read again from disk.
	run func(*pass)
}

// Summary says in one line when the rule fires.
func (r *Rule) Summary() string {
	_, body, _ := strings.Cut(r.Page, "\n\n")
	summary, _, _ := strings.Cut(body, "\n\n")
	return summary
}

// Diagnostic is one finding of a rule.
type Diagnostic struct {
	Rule     *Rule
	Severity Severity
	Path     string
	Span     text.Span
	// Message is one sentence without a full stop at its end.
	Message string
	// Label says, under the code, what the span shows; it may be empty.
	Label string
	// Notes say why; Help says what to do where no fix does it.
	Notes, Help []string
	Related     []Related
	Fixes       []Fix
	// Unnecessary and Deprecated ask editors to fade or strike out the span.
	Unnecessary, Deprecated bool
}

// Related is a further place that a diagnostic speaks of.
type Related struct {
	Path    string
	Span    text.Span
	Message string
}

// Fix is one way to mend a diagnostic.
type Fix struct {
	Title string
	// Safe fixes are certain to keep the project building: they are preferred,
	// part of "fix all", and applied by check --fix.
	Safe  bool
	Edits []FileEdit
	// Remains says what it leaves to be done, and why.
	Remains []string
}

// FileEdit is an edit of one file.
type FileEdit struct {
	Path string
	text.Edit
}

// pass is one rule at work.
type pass struct {
	*state
	rule  *Rule
	found []Diagnostic
}

// state is what the rules share: one workspace at one moment.
type state struct {
	snapshot  *engine.Snapshot
	workspace *engine.Workspace
	read      []*readPackage // of the packages, in their order
	known     func(*engine.Package) *readPackage
	allow     *allowances
	options   Options
	// What several rules look at is made for the first of them.
	graph  func() *engine.Graph
	others func() others
	survey func() engine.Survey
	lacks  func() *lacks
	// shared are the entries of the workspace that members inherit, with the uses.
	shared func() []sharedEntry
}

// facts are what rules about the whole workspace want to know of a package's code.
type facts struct {
	starts []string // see runs
	noStd  bool
}

// String tells facts apart.
func (f facts) String() string { return fmt.Sprint(f.starts, f.noStd) }

// report adds a finding; its rule and, where not set, its severity are filled in.
func (p *pass) report(d Diagnostic) {
	d.Rule = p.rule
	if d.Severity == 0 {
		d.Severity = p.rule.Severity
	}
	p.found = append(p.found, d)
}

// edits puts edits into a file.
func edits(path string, es []text.Edit) []FileEdit {
	var fs []FileEdit
	for _, e := range es {
		fs = append(fs, FileEdit{path, e})
	}
	return fs
}
