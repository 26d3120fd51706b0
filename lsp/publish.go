package lsp

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"time"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"reactorls/engine"
)

// quietTime is how long typing has to pause before diagnostics are made anew.
const quietTime = 60 * time.Millisecond

// publisher sends diagnostics from one goroutine of its own. It is woken without
// ever blocking the one who wakes it, gives up a pass when something newer is
// there, and never sends what an older snapshot says.
type publisher struct {
	s    *server
	wake chan struct{}

	mu     sync.Mutex
	due    time.Time
	cancel context.CancelFunc // of the pass under way

	sent map[string][]protocol.Diagnostic // by path; the loop's alone
}

func newPublisher(s *server) *publisher {
	return &publisher{s: s, wake: make(chan struct{}, 1), sent: map[string][]protocol.Diagnostic{}}
}

// soon asks for a pass after some time in which nothing else asks.
func (p *publisher) soon(quiet time.Duration) {
	p.mu.Lock()
	p.due = time.Now().Add(quiet)
	if p.cancel != nil {
		p.cancel()
	}
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// loop runs until the server ends.
func (p *publisher) loop() {
	for {
		select {
		case <-p.s.ctx.Done():
			return
		case <-p.wake:
		}
		if !p.pause() {
			return
		}
		p.pass()
	}
}

// pause waits until nothing was asked for long enough; it is false when the
// server ends.
func (p *publisher) pause() bool {
	for {
		p.mu.Lock()
		wait := time.Until(p.due)
		p.mu.Unlock()
		if wait <= 0 {
			return true
		}
		select {
		case <-p.s.ctx.Done():
			return false
		case <-time.After(wait):
		}
	}
}

// pass analyses the newest snapshot and sends what differs from what was sent.
func (p *publisher) pass() {
	ctx, cancel := context.WithCancel(p.s.ctx)
	defer cancel()
	p.mu.Lock()
	p.cancel = cancel
	p.mu.Unlock()

	defer func() { // a mistake of ours must not end the session
		if r := recover(); r != nil {
			p.s.log.Error("panic while analysing", zap.Any("panic", r), zap.Stack("stack"))
		}
	}()
	snapshot := p.s.session.Snapshot()
	now := map[string][]protocol.Diagnostic{}
	done := map[string]bool{}
	for _, root := range p.s.roots(snapshot) {
		a, err := p.s.analyse(ctx, snapshot, root)
		switch {
		case errors.Is(err, engine.ErrNoManifest):
			continue
		case err != nil:
			if ctx.Err() != nil {
				return // a newer state is waiting
			}
			p.s.log.Warn("analysis", zap.String("root", root), zap.Error(err))
			continue
		case done[a.workspace.Dir]:
			continue
		}
		done[a.workspace.Dir] = true
		for _, d := range a.Diagnostics {
			now[d.Path] = append(now[d.Path], p.s.diagnosticOf(snapshot, d))
		}
	}
	if ctx.Err() == nil && p.s.session.Snapshot() == snapshot {
		p.send(snapshot, now)
	}
}

// send publishes the files whose diagnostics differ, and clears those that have
// none any more.
func (p *publisher) send(snapshot *engine.Snapshot, now map[string][]protocol.Diagnostic) {
	for path := range p.sent {
		if now[path] == nil {
			now[path] = []protocol.Diagnostic{}
		}
	}
	for path, list := range now {
		before, wasSent := p.sent[path]
		if wasSent && reflect.DeepEqual(before, list) || !wasSent && len(list) == 0 {
			continue
		}
		params := &protocol.PublishDiagnosticsParams{URI: p.s.uriOf(path), Diagnostics: list}
		if f := snapshot.File(path); f != nil && f.Open {
			params.Version = protocol.NewOptional(f.Version)
		}
		if err := p.s.client.PublishDiagnostics(p.s.ctx, params); err != nil {
			p.s.log.Warn("publish", zap.Error(err))
			return
		}
		if len(list) == 0 {
			delete(p.sent, path)
		} else {
			p.sent[path] = list
		}
	}
}
