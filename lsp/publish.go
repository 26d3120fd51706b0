package lsp

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
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
		before := allocated()
		p.pass()
		if !first && len(p.wake) == 0 {
			collectBefore(before)
		}
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

// collectBefore collects garbage now if the next pass, allocating as much as the last one,
// would come to it: somebody waits for that one, and nobody while typing pauses. before is
// what was allocated before the last one.
func collectBefore(before uint64) {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}, {Name: "/gc/heap/goal:bytes"}}
	metrics.Read(s)
	next := s[0].Value.Uint64() - before
	inUse, live, goal := s[1].Value.Uint64(), s[2].Value.Uint64(), s[3].Value.Uint64()
	// The runtime begins before it comes to the goal, at the earliest when it has come
	// seven tenths of the way.
	if begin := live + (goal-min(live, goal))*7/10; inUse+next+next/2 >= begin {
		go runtime.GC()
	}
}

// allocated is how many bytes were ever allocated.
func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
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
	conversions := map[string]conversion{}
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
		for rest := a.Diagnostics; len(rest) > 0; { // sorted by path
			n := 1
			for n < len(rest) && rest[n].Path == rest[0].Path {
				n++
			}
			path := rest[0].Path
			conversions[path] = s.converted(snapshot, rest[:n])
			if now[path] == nil {
				now[path] = slices.Clip(conversions[path].items)
			} else { // of several workspaces
				now[path] = append(now[path], conversions[path].items...)
			}
			rest = rest[n:]
		}
	}
	s.conversions.mu.Lock()
	defer s.conversions.mu.Unlock()
	s.conversions.last = conversions
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
