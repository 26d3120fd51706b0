package lsp

import (
	"context"
	"errors"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"reactorls/engine"
)

// This file is for clients that ask for diagnostics instead of being sent them. What
// is open they ask for; the rest they are sent until they ask for the workspace.

// pulling is what is known of such a client.
type pulling struct {
	workspace  atomic.Bool // it asked for the whole workspace
	refreshing atomic.Bool // it has yet to answer that it asks anew
}

// Diagnostic answers what is wrong with one document.
func (s *server) Diagnostic(ctx context.Context, p *protocol.DocumentDiagnosticParams) (protocol.DocumentDiagnosticReport, error) {
	snapshot, path := s.session.Snapshot(), pathOf(p.TextDocument.URI)
	var items []protocol.Diagnostic
	if s.looksAt(path) {
		a, err := s.analyse(ctx, snapshot, path)
		if err != nil && !errors.Is(err, engine.ErrNoManifest) {
			return nil, err
		}
		for _, d := range a.Diagnostics {
			if d.Path == path {
				items = append(items, s.diagnosticOf(snapshot, d))
			}
		}
	}
	id := resultID(items)
	if p.PreviousResultID != nil && *p.PreviousResultID == id {
		return &protocol.RelatedUnchangedDocumentDiagnosticReport{UnchangedDocumentDiagnosticReport: unchanged(id)}, nil
	}
	return &protocol.RelatedFullDocumentDiagnosticReport{FullDocumentDiagnosticReport: changed(items, id)}, nil
}

// DiagnosticWorkspace answers what is wrong anywhere. Files that were told of before
// and have nothing any more are told of as well.
func (s *server) DiagnosticWorkspace(ctx context.Context, p *protocol.WorkspaceDiagnosticParams) (*protocol.WorkspaceDiagnosticReport, error) {
	snapshot := s.session.Snapshot()
	now, err := s.findings(ctx, snapshot)
	if err != nil {
		return nil, err
	}
	if !s.pulls.workspace.Swap(true) {
		s.publish.soon(0) // to take back what was sent
	}
	before := map[string]string{}
	for _, id := range p.PreviousResultIds {
		path := pathOf(id.URI)
		before[path] = id.Value
		if _, ok := now[path]; !ok {
			now[path] = nil
		}
	}
	report := &protocol.WorkspaceDiagnosticReport{Items: []protocol.WorkspaceDocumentDiagnosticReport{}}
	for _, path := range slices.Sorted(maps.Keys(now)) {
		var version *int32
		if f := snapshot.File(path); f != nil && f.Open {
			version = &f.Version
		}
		id := resultID(now[path])
		if before[path] == id {
			report.Items = append(report.Items, &protocol.WorkspaceUnchangedDocumentDiagnosticReport{
				UnchangedDocumentDiagnosticReport: unchanged(id), URI: s.uriOf(path), Version: version,
			})
			continue
		}
		report.Items = append(report.Items, &protocol.WorkspaceFullDocumentDiagnosticReport{
			FullDocumentDiagnosticReport: changed(now[path], id), URI: s.uriOf(path), Version: version,
		})
	}
	return report, nil
}

func unchanged(id string) protocol.UnchangedDocumentDiagnosticReport {
	return protocol.UnchangedDocumentDiagnosticReport{Kind: "unchanged", ResultID: id}
}

func changed(items []protocol.Diagnostic, id string) protocol.FullDocumentDiagnosticReport {
	if items == nil {
		items = []protocol.Diagnostic{} // null is no list
	}
	return protocol.FullDocumentDiagnosticReport{Kind: "full", ResultID: &id, Items: items}
}

// resultID is the same for the same diagnostics, in any session.
func resultID(items []protocol.Diagnostic) string {
	h := fnv.New64a()
	for i := range items {
		b, err := protocol.Marshal(&items[i])
		if err != nil {
			return "" // never the same as another
		}
		h.Write(b)
		h.Write([]byte{0})
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// shown is what a client that asks was last known to be able to see of a document.
type shown struct {
	version int32
	id      string
}

// pulled leaves of what was found only what the client has to be sent, and has it ask
// anew for open documents that have other diagnostics though their text is the same.
func (p *publisher) pulled(snapshot *engine.Snapshot, now map[string][]protocol.Diagnostic) {
	known := map[string]shown{}
	stale := false
	for path, items := range now {
		f := snapshot.File(path)
		if f == nil || !f.Open {
			if p.s.pulls.workspace.Load() {
				delete(now, path)
			}
			continue
		}
		known[path] = shown{f.Version, resultID(items)}
		before, ok := p.shown[path]
		stale = stale || ok && before.version == f.Version && before.id != known[path].id
		delete(now, path)
	}
	p.shown = known
	if stale {
		p.s.refreshDiagnostics()
	}
}

// refreshDiagnostics has the client ask anew. It waits for no answer: the client may
// be waiting for one itself.
func (s *server) refreshDiagnostics() {
	if s.pulls.refreshing.Swap(true) {
		return
	}
	go func() {
		defer s.pulls.refreshing.Store(false)
		const patience = 30 * time.Second
		ctx, cancel := context.WithTimeout(s.ctx, patience)
		defer cancel()
		if err := s.client.DiagnosticRefresh(ctx); err != nil && s.ctx.Err() == nil {
			s.log.Warn("the client does not refresh", zap.Error(err))
		}
	}()
}
