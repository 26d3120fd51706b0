package lsp

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"reactorls/diagnostics"
	"reactorls/engine"
)

// The states of a session with a client.
const (
	stateNew int32 = iota
	stateRunning
	stateShutdown
)

// server is one session with one client.
type server struct {
	protocol.UnimplementedServer

	client  protocol.Client
	log     *zap.Logger
	tools   Tools
	session *engine.Session
	caps    clientCapabilities // set by initialize, before anything reads it
	folders folders
	config  atomic.Pointer[config] // set by initialize, too
	warned  sync.Map               // what was told of the settings

	ctx       context.Context // the server's own: long work hangs on it
	state     atomic.Int32
	exit      chan struct{}
	exitOnce  sync.Once
	startOnce sync.Once

	docs    documents
	publish *publisher
	pulls   pulling
	works   works
	traced  atomic.Bool // the client wants to see what is done
	results results
	pages   rulePages

	conversions conversions
}

func newServer(ctx context.Context, client protocol.Client, log *zap.Logger, tools Tools) *server {
	s := &server{
		client: client, log: log, tools: tools, ctx: ctx,
		session: engine.NewSession(), exit: make(chan struct{}),
	}
	s.publish = newPublisher(s)
	return s
}

// Initialize takes the client's capabilities and folders.
func (s *server) Initialize(_ context.Context, p *protocol.InitializeParams) (*protocol.InitializeResult, error) {
	s.caps = resolve(p.Capabilities)
	s.folders.change(foldersOf(p), nil)
	s.configure(json.RawMessage(p.InitializationOptions))
	if p.Trace != "" {
		s.SetTrace(s.ctx, &protocol.SetTraceParams{Value: p.Trace}) //nolint:errcheck // it has no errors
	}
	s.pages.write(s.caps.codeDescription, s.log)
	if p.ProcessID != nil && *p.ProcessID > 0 {
		go s.watchParent(int(*p.ProcessID))
	}
	s.state.Store(stateRunning)
	return &protocol.InitializeResult{
		Capabilities: s.serverCapabilities(),
		ServerInfo:   protocol.ServerInfo{Name: "reactorls", Version: protocol.NewOptional(s.tools.Version)},
	}, nil
}

// foldersOf are the folders that the client works in, by path.
func foldersOf(p *protocol.InitializeParams) []string {
	if list, ok := p.WorkspaceFolders.Get(); ok && len(list) > 0 {
		return pathsOf(list)
	}
	//lint:ignore SA1019 older clients send nothing else
	if root := p.RootURI; root != nil {
		return pathsOf([]protocol.WorkspaceFolder{{URI: *root}})
	}
	return nil
}

// Initialized starts publishing and watching: from here on the client listens.
func (s *server) Initialized(context.Context, *protocol.InitializedParams) error {
	s.startOnce.Do(func() {
		go s.publish.loop()
		go s.watch()
		go s.followConfiguration()
	})
	s.publish.soon(0)
	return nil
}

// Shutdown ends all work but waits for exit.
func (s *server) Shutdown(context.Context) error {
	s.state.Store(stateShutdown)
	return nil
}

// Exit ends the process.
func (s *server) Exit(context.Context) error {
	s.exitOnce.Do(func() { close(s.exit) })
	return nil
}

// watchParent leaves when the process that started the server is gone, for then
// nobody will say exit.
func (s *server) watchParent(pid int) {
	const interval = 5 * time.Second
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-time.After(interval):
			if !alive(pid) {
				s.log.Warn("the parent process is gone")
				s.Exit(s.ctx) //nolint:errcheck // it has no errors
				return
			}
		}
	}
}

// results keeps the last analysis of each workspace, for the requests that come
// between two changes.
type results struct {
	mu   sync.Mutex
	last map[string]analysis
}

// analysis is what is known of one workspace in one snapshot.
type analysis struct {
	snapshot  *engine.Snapshot
	workspace *engine.Workspace
	config    *config
	diagnostics.Result
}

// analyse looks at the workspace that a file belongs to.
func (s *server) analyse(ctx context.Context, snapshot *engine.Snapshot, path string) (analysis, error) {
	w, err := snapshot.Workspace(path)
	if err != nil {
		return analysis{}, err
	}
	s.results.mu.Lock()
	last, ok := s.results.last[w.Dir]
	s.results.mu.Unlock()
	config := s.config.Load()
	if ok && last.snapshot == snapshot && last.config == config {
		return last, nil
	}
	start := time.Now()
	r, err := diagnostics.Run(ctx, snapshot, w, config.options)
	if err != nil {
		return analysis{}, err
	}
	if took := time.Since(start); took > slow {
		s.log.Info("slow analysis", zap.String("workspace", w.Dir), zap.Duration("took", took))
	}
	a := analysis{snapshot, w, config, r}
	s.results.mu.Lock()
	defer s.results.mu.Unlock()
	if s.results.last == nil {
		s.results.last = map[string]analysis{}
	}
	if now := s.results.last[w.Dir].snapshot; now == nil || now.ID() <= snapshot.ID() {
		s.results.last[w.Dir] = a
	}
	return a, nil
}

// slow is what is worth a line in the log.
const slow = 100 * time.Millisecond
