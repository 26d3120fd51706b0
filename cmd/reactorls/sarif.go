package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"go.lsp.dev/uri"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/text"
)

// sarifLevels are the levels of SARIF by severity.
var sarifLevels = map[diagnostics.Severity]string{
	diagnostics.Error: "error", diagnostics.Warning: "warning", diagnostics.Information: "note", diagnostics.Hint: "note",
}

// sarifLog gathers the findings of all targets in one run of a SARIF log.
type sarifLog struct {
	out   io.Writer
	run   *sarifRun
	roots []string       // that paths are relative to
	known map[string]int // how often a fingerprint was given
}

func newSARIF(out io.Writer) *sarifLog {
	version := versionText()
	driver := sarifDriver{Name: "reactorls", Version: version}
	if first := version[0]; '0' <= first && first <= '9' {
		driver.SemanticVersion = version
	}
	for _, r := range diagnostics.Rules {
		driver.Rules = append(driver.Rules, sarifRule{
			ID: r.Code, ShortDescription: sarifMessage{r.Summary(), r.Summary()}, Help: sarifMessage{r.Page, r.Page},
			DefaultConfiguration: sarifConfiguration{sarifLevels[r.Severity]},
		})
	}
	run := &sarifRun{
		Tool: sarifTool{driver}, Invocations: make([]sarifInvocation, 1), OriginalURIBaseIDs: map[string]sarifArtifactLocation{},
		ColumnKind: "utf16CodeUnits", NewlineSequences: []string{"\r\n", "\n", "\r"}, Results: []sarifResult{},
	}
	return &sarifLog{out: out, run: run, known: map[string]int{}}
}

func (l *sarifLog) close(complete bool) error {
	l.run.Invocations[0].ExecutionSuccessful = complete
	return encode(l.out, sarifReport{"https://raw.githubusercontent.com/oasis-tcs/sarif-spec/main/sarif-2.1/schema/sarif-schema-2.1.0.json", "2.1.0", []*sarifRun{l.run}})
}

func (l *sarifLog) print(c checked) error {
	if root := repositoryOf(c.workspace.Dir); !slices.Contains(l.roots, root) {
		l.roots = append(l.roots, root)
		l.run.OriginalURIBaseIDs[baseID(len(l.roots)-1)] = sarifArtifactLocation{URI: string(uri.File(root)) + "/"}
	}
	told := &l.run.Invocations[0].ToolExecutionNotifications
	for _, p := range c.workspace.Problems {
		*told = append(*told, sarifNotification{sarifMessage{Text: p.String()}})
	}
	for _, d := range c.result.Diagnostics {
		l.run.Results = append(l.run.Results, l.result(c.snapshot, d))
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

func (l *sarifLog) result(s *engine.Snapshot, d diagnostics.Diagnostic) sarifResult {
	r := sarifResult{
		RuleID: d.Rule.Code, RuleIndex: slices.Index(diagnostics.Rules, d.Rule), Level: sarifLevels[d.Severity],
		Message: sarifMessage{Text: plain(d)}, Locations: []sarifLocation{l.location(s, d.Path, d.Span)},
		PartialFingerprints: map[string]string{"reactorls/v1": l.fingerprint(s, d)},
	}
	for i, related := range d.Related {
		at := l.location(s, related.Path, related.Span)
		at.ID, at.Message = i+1, &sarifMessage{Text: related.Message}
		r.RelatedLocations = append(r.RelatedLocations, at)
	}
	for _, f := range d.Fixes {
		r.Fixes = append(r.Fixes, l.fix(s, f))
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

func (l *sarifLog) artifact(path string) sarifArtifactLocation {
	reference, base := l.relative(path)
	return sarifArtifactLocation{reference, base}
}

func (l *sarifLog) location(s *engine.Snapshot, path string, span text.Span) sarifLocation {
	at := sarifPhysicalLocation{ArtifactLocation: l.artifact(path)}
	if f := s.File(path); f != nil {
		r := region(f, span)
		at.Region = &r
	}
	return sarifLocation{PhysicalLocation: at}
}

func region(f *engine.File, span text.Span) sarifRegion {
	start, end := f.Mapper().Position(span.Start, text.UTF16), f.Mapper().Position(span.End, text.UTF16)
	return sarifRegion{start.Line + 1, start.Column + 1, end.Line + 1, end.Column + 1, span.Start, span.Len()}
}

// fix lists the replacements file by file.
func (l *sarifLog) fix(s *engine.Snapshot, f diagnostics.Fix) sarifFix {
	fix := sarifFix{Description: sarifMessage{Text: f.Title}, Properties: map[string]any{"safe": f.Safe}}
	places := map[string]int{}
	for _, e := range sortedBy(f.Edits, func(e diagnostics.FileEdit) int { return e.Start }) {
		i, known := places[e.Path]
		if !known {
			i = len(fix.ArtifactChanges)
			places[e.Path] = i
			fix.ArtifactChanges = append(fix.ArtifactChanges, sarifArtifactChange{ArtifactLocation: l.artifact(e.Path)})
		}
		replacement := sarifReplacement{DeletedRegion: region(s.File(e.Path), e.Span)}
		if e.New != "" {
			replacement.InsertedContent = &sarifContent{e.New}
		}
		change := &fix.ArtifactChanges[i]
		change.Replacements = append(change.Replacements, replacement)
	}
	return fix
}
