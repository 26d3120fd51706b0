package lsp

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"reactorls/engine"
)

// watched are the files whose changes outside the editor count.
var watched = []string{"**/Cargo.toml", "**/Cargo.lock", "**/.cargo/config.toml", "**/.cargo/config", "**/*.rs"}

// polled is how often manifests are looked at for clients that watch nothing.
const polled = 2 * time.Second

// watch has the client tell of files that change outside the editor, or looks for
// itself where the client cannot. It runs on its own: the client may take its time.
func (s *server) watch() {
	if !s.caps.watchRegistration {
		s.poll()
		return
	}
	var watchers []protocol.FileSystemWatcher
	for _, pattern := range watched {
		watchers = append(watchers, protocol.FileSystemWatcher{GlobPattern: protocol.Pattern(pattern)})
		for _, dir := range s.above() {
			watchers = append(watchers, protocol.FileSystemWatcher{GlobPattern: &protocol.RelativePattern{
				BaseURI: protocol.URI(uri.File(dir)), Pattern: protocol.Pattern(pattern),
			}})
		}
	}
	if !s.register("workspace/didChangeWatchedFiles", protocol.DidChangeWatchedFilesRegistrationOptions{Watchers: watchers}) {
		s.poll()
	}
}

// above are the roots of workspaces that lie outside of the client's folders: a member
// was opened alone. Plain patterns do not reach them.
func (s *server) above() []string {
	if !s.caps.relativePatterns {
		return nil
	}
	var dirs []string
	snapshot := s.session.Snapshot()
	for _, folder := range s.folders.all() {
		w, err := snapshot.Workspace(folder)
		if err != nil || slices.Contains(dirs, w.Dir) {
			continue
		}
		inside := func(f string) bool { return w.Dir == f || strings.HasPrefix(w.Dir, f+string(filepath.Separator)) }
		if !slices.ContainsFunc(s.folders.all(), inside) {
			dirs = append(dirs, w.Dir)
		}
	}
	return dirs
}

// register has the client tell of something, and reports whether it agreed.
func (s *server) register(method string, options any) bool {
	raw, err := protocol.Marshal(options)
	if err != nil {
		s.log.Error("register", zap.String("method", method), zap.Error(err))
		return false
	}
	const patience = 30 * time.Second
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	err = s.client.RegisterCapability(ctx, &protocol.RegistrationParams{
		Registrations: []protocol.Registration{{ID: method, Method: method, RegisterOptions: raw}},
	})
	if err != nil && s.ctx.Err() == nil {
		s.log.Warn("the client refuses", zap.String("method", method), zap.Error(err))
	}
	return err == nil
}

// poll looks now and then whether manifests and lockfiles changed; saving looks at
// all the rest.
func (s *server) poll() {
	tick := time.NewTicker(polled)
	defer tick.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
			changed := s.session.RefreshWhere(func(path string) bool {
				name := filepath.Base(path)
				return name == engine.ManifestName || name == "Cargo.lock"
			})
			if changed {
				s.publish.soon(QuietTime)
			}
		}
	}
}

// DidChangeWorkspaceFolders adds and removes folders. What was shown of a removed one
// is cleared, unless a file of it is open.
func (s *server) DidChangeWorkspaceFolders(_ context.Context, p *protocol.DidChangeWorkspaceFoldersParams) error {
	s.folders.change(pathsOf(p.Event.Added), pathsOf(p.Event.Removed))
	s.publish.afresh()
	return nil
}

// folders are those that the client works in, by path.
type folders struct {
	mu    sync.Mutex
	paths []string
}

func (f *folders) change(added, removed []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.paths = slices.DeleteFunc(slices.Clone(f.paths), func(p string) bool { return slices.Contains(removed, p) || slices.Contains(added, p) })
	f.paths = append(f.paths, added...)
}

func (f *folders) all() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.paths
}

// pathsOf are the folders that lie on this machine's disk.
func pathsOf(list []protocol.WorkspaceFolder) []string {
	var paths []string
	for _, f := range list {
		if path := pathOf(f.URI); filepath.IsAbs(path) {
			paths = append(paths, path)
		}
	}
	return paths
}
