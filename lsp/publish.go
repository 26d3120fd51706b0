package lsp

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"reactorls/engine"
)

// QuietTime is how long typing has to pause before diagnostics are made anew.
const QuietTime = 60 * time.Millisecond

// publisher sends diagnostics from one goroutine of its own. It is woken without
// ever blocking the one who wakes it, gives up a pass when something newer is
// there, and never sends what an older snapshot says.
type publisher struct {
	s    *server
	wake chan struct{}

	mu      sync.Mutex
	due     time.Time
	refresh bool               // the disk may have changed
	cancel  context.CancelFunc // of the pass under way

	// By path; the loop's alone.
	sent  map[string]*protocol.PublishDiagnosticsParams
	shown map[string]shown
	begun bool // a pass was made
}

func newPublisher(s *server) *publisher {
	return &publisher{s: s, wake: make(chan struct{}, 1), sent: map[string]*protocol.PublishDiagnosticsParams{}}
}

// soon asks for a pass after some time in which nothing else asks.
func (p *publisher) soon(quiet time.Duration) { p.ask(quiet, false) }

// afresh asks for a pass at once, which looks for changes on disk first: for
// clients that do not tell, and what happened while nobody was looking.
func (p *publisher) afresh() { p.ask(0, true) }

func (p *publisher) ask(quiet time.Duration, refresh bool) {
	p.mu.Lock()
	p.due = time.Now().Add(quiet)
	p.refresh = p.refresh || refresh
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
	var idle <-chan time.Time
	wait, first := idleTime, true
	// Most of what the first look at a workspace makes is garbage at once. The more of it there
	// is at a time, the thinner what remains is spread, and the less can be given back.
	usual := debug.SetGCPercent(firstGarbage)
	for {
		select {
		case <-p.s.ctx.Done():
			return
		case <-idle:
			idle = nil
			if first || wait == longIdle || excessive() {
				debug.FreeOSMemory()
			}
			if first {
				debug.SetGCPercent(usual)
			}
			first = false
			if wait == idleTime {
				wait = longIdle
				idle = time.After(wait)
			}
			continue
		case <-p.wake:
		}
		if !p.pause() {
			return
		}
		p.pass()
		wait = idleTime
		idle = time.After(wait)
	}
}

// The runtime returns memory to the operating system within minutes. We do so when nothing
// has happened for idleTime where a first look at a workspace has left much behind, and in
// any case after longIdle: whoever types again pays for it.
const (
	idleTime = 2 * time.Second
	longIdle = 30 * time.Second
)

// firstGarbage is how much may be garbage until the first look is done, in percent of what is
// in use.
const firstGarbage = 50

// excessive reports whether much more memory is held than the next passes will use.
func excessive() bool {
	const much = 32 << 20
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys-m.HeapReleased > m.NextGC+much
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
		case <-p.wake: // it may be due sooner now
		}
	}
}

// pass analyses the newest snapshot and sends what differs from what was sent.
func (p *publisher) pass() {
	ctx, cancel := context.WithCancel(p.s.ctx)
	defer cancel()
	p.mu.Lock()
	p.cancel = cancel
	refresh := p.refresh
	p.refresh = false
	p.mu.Unlock()

	defer func() { // a mistake of ours must not end the session
		if r := recover(); r != nil {
			p.s.log.Error("panic while analysing", zap.Any("panic", r), zap.Stack("stack"))
		}
	}()
	if refresh {
		p.s.session.Refresh()
	}
	snapshot := p.s.session.Snapshot()
	if !p.begun { // what follows is fast
		shown, done := p.s.showing(ctx, "Looking at async runtimes")
		defer done()
		ctx = shown
		p.begun = true
	}
	now, err := p.s.findings(ctx, snapshot)
	if err != nil {
		return // a newer state is waiting
	}
	if ctx.Err() == nil && p.s.session.Snapshot() == snapshot && p.s.state.Load() == stateRunning {
		if p.s.caps.pull {
			p.pulled(snapshot, now)
		}
		p.send(snapshot, now)
	}
}

// findings are the diagnostics of all workspaces that the client works in, by path,
// with an entry for each document that is looked at. The error is that of ctx.
func (s *server) findings(ctx context.Context, snapshot *engine.Snapshot) (map[string][]protocol.Diagnostic, error) {
	now := map[string][]protocol.Diagnostic{}
	done := map[string]bool{}
	for _, root := range s.roots(snapshot) {
		a, err := s.analyse(ctx, snapshot, root)
		switch {
		case errors.Is(err, engine.ErrNoManifest):
			continue
		case err != nil:
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			s.log.Warn("analysis", zap.String("root", root), zap.Error(err))
			continue
		}
		if f := snapshot.File(root); f != nil && f.Open && now[root] == nil {
			now[root] = nil // a document without findings is told of, too
		}
		if done[a.workspace.Dir] {
			continue
		}
		done[a.workspace.Dir] = true
		for _, d := range a.Diagnostics {
			now[d.Path] = append(now[d.Path], s.diagnosticOf(snapshot, d))
		}
	}
	return now, nil
}

// send publishes the files whose diagnostics or version differ, and clears those
// that have none any more. A new version is told of even when nothing differs:
// clients drop or move what they show while the text changes.
func (p *publisher) send(snapshot *engine.Snapshot, now map[string][]protocol.Diagnostic) {
	for path := range p.sent {
		if _, ok := now[path]; !ok {
			now[path] = nil
		}
	}
	for _, path := range slices.Sorted(maps.Keys(now)) {
		params := &protocol.PublishDiagnosticsParams{URI: p.s.uriOf(path), Diagnostics: now[path]}
		if params.Diagnostics == nil {
			params.Diagnostics = []protocol.Diagnostic{} // null is no list
		}
		f := snapshot.File(path)
		open := f != nil && f.Open
		if open {
			params.Version = protocol.NewOptional(f.Version)
		}
		before := p.sent[path]
		nothing := len(params.Diagnostics) == 0 && !open
		if reflect.DeepEqual(before, params) || before == nil && nothing {
			continue
		}
		if before != nil && before.URI != params.URI { // opened or closed under another spelling
			p.publish(&protocol.PublishDiagnosticsParams{URI: before.URI, Diagnostics: []protocol.Diagnostic{}})
		}
		p.publish(params)
		if nothing || p.s.caps.pull && len(params.Diagnostics) == 0 { // what is open is asked for
			delete(p.sent, path)
		} else {
			p.sent[path] = params
		}
	}
}

func (p *publisher) publish(params *protocol.PublishDiagnosticsParams) {
	if err := p.s.client.PublishDiagnostics(p.s.ctx, params); err != nil {
		p.s.log.Warn("publish", zap.Error(err))
	}
}
