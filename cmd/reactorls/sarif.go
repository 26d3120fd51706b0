package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"go.lsp.dev/uri"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/text"
)

// sarifLevels are the levels of SARIF by severity.
var sarifLevels = map[diagnostics.Severity]string{
	diagnostics.Error: "error", diagnostics.Warning: "warning", diagnostics.Information: "note", diagnostics.Hint: "note",
}

// sarifLog gathers the findings of all targets in one run of a SARIF 2.1.0 log.
type sarifLog struct {
	out   io.Writer
	run   *sarif.Run
	roots []string       // that paths are relative to
	known map[string]int // how often a fingerprint was given
}

func newSARIF(out io.Writer) *sarifLog {
	version := versionText()
	driver := sarif.NewToolComponent().WithName("reactorls").WithVersion(version)
	if first := version[0]; '0' <= first && first <= '9' {
		driver.WithSemanticVersion(version)
	}
	for _, r := range diagnostics.Rules {
		driver.AddRule(sarif.NewRule(r.Code).
			WithShortDescription(sarif.NewMultiformatMessageString().WithText(r.Summary()).WithMarkdown(r.Summary())).
			WithHelp(sarif.NewMultiformatMessageString().WithText(r.Page).WithMarkdown(r.Page)).
			WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(sarifLevels[r.Severity])))
	}
	run := sarif.NewRun().WithTool(sarif.NewTool().WithDriver(driver)).WithColumnKind("utf16CodeUnits").
		WithNewlineSequences([]string{"\r\n", "\n", "\r"}).WithOriginalUriBaseIds(map[string]sarif.ArtifactLocation{})
	run.AddInvocation(sarif.NewInvocation())
	return &sarifLog{out: out, run: run, known: map[string]int{}}
}

func (l *sarifLog) close(complete bool) error {
	l.run.Invocations[0].WithExecutionSuccessful(complete)
	report := sarif.NewReport()
	report.AddRun(l.run)
	return encode(l.out, report)
}

func (l *sarifLog) print(c checked) error {
	if root := repositoryOf(c.workspace.Dir); !slices.Contains(l.roots, root) {
		l.roots = append(l.roots, root)
		l.run.AddOriginalUriBaseId(baseID(len(l.roots)-1), *sarif.NewSimpleArtifactLocation(string(uri.File(root)) + "/"))
	}
	for _, p := range c.workspace.Problems {
		l.run.Invocations[0].AddToolExecutionNotification(sarif.NewNotification().WithMessage(sarif.NewTextMessage(p.String())))
	}
	for _, d := range c.result.Diagnostics {
		l.run.AddResult(l.result(c.snapshot, d))
	}
	return nil
}

// baseID names a root. The first one has the name that others expect of the only one.
func baseID(root int) string {
	if root == 0 {
		return "%SRCROOT%"
	}
	return fmt.Sprintf("%%SRCROOT%d%%", root+1)
}

func (l *sarifLog) result(s *engine.Snapshot, d diagnostics.Diagnostic) *sarif.Result {
	r := sarif.NewRuleResult(d.Rule.Code).WithRuleIndex(slices.Index(diagnostics.Rules, d.Rule)).
		WithLevel(sarifLevels[d.Severity]).WithMessage(sarif.NewTextMessage(plain(d))).
		WithPartialFingerprints(map[string]string{"reactorls/v1": l.fingerprint(s, d)})
	r.AddLocation(l.location(s, d.Path, d.Span))
	for i, related := range d.Related {
		at := l.location(s, related.Path, related.Span)
		r.AddRelatedLocation(at.WithID(i + 1).WithMessage(sarif.NewTextMessage(related.Message)))
	}
	for _, f := range d.Fixes {
		r.AddFixe(l.fix(s, f))
	}
	return r
}

// fingerprint stays the same when other lines move: it is made of what the
// diagnostic says and of the code it marks, and counts those that are alike.
func (l *sarifLog) fingerprint(s *engine.Snapshot, d diagnostics.Diagnostic) string {
	path, _ := l.relative(d.Path)
	marked := ""
	if f := s.File(d.Path); f != nil {
		marked = d.Span.In(f.Text)
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{d.Rule.Code, path, marked, d.Message}, "\x00")))
	print := hex.EncodeToString(sum[:16])
	l.known[print]++
	return fmt.Sprintf("%s:%d", print, l.known[print])
}

// relative writes a path as a URI from the innermost root that holds it; the name
// of that root is "" where none does.
func (l *sarifLog) relative(path string) (reference, base string) {
	best := -1
	for i, root := range l.roots {
		if within(path, root) && (best < 0 || len(root) > len(l.roots[best])) {
			best = i
		}
	}
	if best < 0 {
		return string(uri.File(path)), ""
	}
	return (&url.URL{Path: relativeTo(l.roots[best], path)}).String(), baseID(best)
}

func (l *sarifLog) artifact(path string) *sarif.ArtifactLocation {
	reference, base := l.relative(path)
	a := sarif.NewSimpleArtifactLocation(reference)
	if base != "" {
		a.WithURIBaseID(base)
	}
	return a
}

func (l *sarifLog) location(s *engine.Snapshot, path string, span text.Span) *sarif.Location {
	at := sarif.NewPhysicalLocation().WithArtifactLocation(l.artifact(path))
	if f := s.File(path); f != nil {
		at.WithRegion(region(f, span))
	}
	return sarif.NewLocation().WithPhysicalLocation(at)
}

func region(f *engine.File, span text.Span) *sarif.Region {
	start, end := f.Mapper().Position(span.Start, text.UTF16), f.Mapper().Position(span.End, text.UTF16)
	return sarif.NewRegion().
		WithStartLine(start.Line + 1).WithStartColumn(start.Column + 1).
		WithEndLine(end.Line + 1).WithEndColumn(end.Column + 1).
		WithByteOffset(span.Start).WithByteLength(span.Len())
}

// fix lists the replacements file by file.
func (l *sarifLog) fix(s *engine.Snapshot, f diagnostics.Fix) *sarif.Fix {
	properties := sarif.NewPropertyBag().Add("safe", f.Safe)
	fix := sarif.NewFix().WithDescription(sarif.NewTextMessage(f.Title)).WithProperties(properties)
	changes := map[string]*sarif.ArtifactChange{}
	for _, e := range sortedBy(f.Edits, func(e diagnostics.FileEdit) int { return e.Start }) {
		change := changes[e.Path]
		if change == nil {
			change = sarif.NewArtifactChange().WithArtifactLocation(l.artifact(e.Path))
			changes[e.Path] = change
			fix.AddArtifactChange(change)
		}
		replacement := sarif.NewReplacement().WithDeletedRegion(region(s.File(e.Path), e.Span))
		if e.New != "" {
			replacement.WithInsertedContent(sarif.NewArtifactContent().WithText(e.New))
		}
		change.AddReplacement(replacement)
	}
	return fix
}
