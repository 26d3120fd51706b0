package lsp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/advise"
)

// Tools are what the server's commands do by means of the command line's.
type Tools struct {
	Version string
	// Report writes the report on a workspace in one of the command line's formats.
	Report func(ctx context.Context, out *bytes.Buffer, format string, s *engine.Snapshot, w *engine.Workspace, r diagnostics.Result, o diagnostics.Options) error
	// Explain gives the page of a rule, a runtime or a feature.
	Explain func(subject string) (string, error)
	// Recommend asks the next question about the package at a path, which may be nil,
	// or recommends a runtime.
	Recommend func(s *engine.Snapshot, path string, answers map[string][]string) (*advise.Step, *engine.Package, error)
}

// argument is what each command is given; all of it may be missing.
type argument struct {
	URI     uri.URI `json:"uri"` // a file, or the folder of a workspace
	Format  string  `json:"format"`
	Subject string  `json:"subject"`
	Answers given   `json:"answers"`
	Apply   bool    `json:"apply"`
}

// commands are what the client may have done, by name.
var commands = map[string]func(*server, context.Context, argument) (any, error){
	"reactorls.report":          (*server).reportCommand,
	"reactorls.explain":         (*server).explainCommand,
	"reactorls.fixAll":          (*server).fixAllCommand,
	"reactorls.recommend":       (*server).recommendCommand,
	"reactorls.restartAnalysis": (*server).restartCommand,
}

func commandNames() []string { return slices.Sorted(maps.Keys(commands)) }

// ExecuteCommand does a command. It has one argument, an object.
func (s *server) ExecuteCommand(ctx context.Context, p *protocol.ExecuteCommandParams) (protocol.LSPAny, error) {
	run := commands[p.Command]
	if run == nil {
		return nil, jsonrpc2.NewError(jsonrpc2.InvalidParams, fmt.Sprintf("no command %q", p.Command))
	}
	var a argument
	if len(p.Arguments) > 0 {
		if err := protocol.Unmarshal(p.Arguments[0], &a); err != nil {
			return nil, jsonrpc2.NewError(jsonrpc2.InvalidParams, fmt.Sprintf("%s: %v", p.Command, err))
		}
	}
	ctx, done := s.working(ctx, p.WorkDoneToken, p.Command)
	defer done()
	result, err := run(s, ctx, a)
	if err != nil {
		return nil, err
	}
	return protocol.Marshal(result)
}

// place is the path that a command is about: the one that it names, or the first
// folder.
func (s *server) place(a argument) (string, error) {
	if a.URI != "" {
		return pathOf(a.URI), nil
	}
	if all := s.folders.all(); len(all) > 0 {
		return all[0], nil
	}
	return "", errors.New("there is no folder, and the command names no file")
}

// reportCommand gives the report as text, or, when no format is asked for, shows its
// page, and gives the path of it.
func (s *server) reportCommand(ctx context.Context, a argument) (any, error) {
	path, err := s.place(a)
	if err != nil {
		return nil, err
	}
	snapshot := s.session.Snapshot()
	found, err := s.analyse(ctx, snapshot, path)
	if err != nil {
		return nil, err
	}
	format := a.Format
	if format == "" {
		format = "html"
	}
	var out bytes.Buffer
	if err := s.tools.Report(ctx, &out, format, snapshot, found.workspace, found.Result, s.config.Load().options); err != nil {
		return nil, err
	}
	if a.Format != "" {
		return out.String(), nil
	}
	return s.showPage("report.html", out.Bytes())
}

// showPage writes a page to a file of that name and has the client show it.
func (s *server) showPage(name string, page []byte) (string, error) {
	dir, err := os.MkdirTemp("", "reactorls-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, page, 0o600); err != nil {
		return "", err
	}
	if s.caps.showDocument {
		s.ask(func(ctx context.Context) error {
			external := filepath.Ext(name) == ".html" // which no editor shows itself
			_, err := s.client.ShowDocument(ctx, &protocol.ShowDocumentParams{URI: uri.File(path), External: &external})
			return err
		})
	}
	return path, nil
}

// patience is how long the client may take to do something.
const patience = time.Minute

// ask asks something of the client, which may take its time: nobody waits for it.
func (s *server) ask(request func(context.Context) error) {
	go func() {
		ctx, cancel := context.WithTimeout(s.ctx, patience)
		defer cancel()
		if err := request(ctx); err != nil && s.ctx.Err() == nil {
			s.log.Warn("the client refused", zap.Error(err))
		}
	}()
}

func (s *server) applyEdit(ctx context.Context, title string, edit *protocol.WorkspaceEdit) error {
	_, err := s.client.ApplyEdit(ctx, &protocol.ApplyWorkspaceEditParams{Label: &title, Edit: *edit})
	return err
}

func (s *server) explainCommand(_ context.Context, a argument) (any, error) {
	if a.Subject == "" {
		return nil, jsonrpc2.NewError(jsonrpc2.InvalidParams, "reactorls.explain wants a subject: a rule, a runtime, or a feature such as tokio/net")
	}
	return s.tools.Explain(a.Subject)
}

// fixAllCommand makes all certain fixes of the workspace.
func (s *server) fixAllCommand(ctx context.Context, a argument) (any, error) {
	if !s.caps.applyEdit {
		return nil, errors.New("the client applies no edits")
	}
	path, err := s.place(a)
	if err != nil {
		return nil, err
	}
	action, err := s.fixAll(ctx, s.session.Snapshot(), path, func(diagnostics.Diagnostic) bool { return true })
	if err != nil || action == nil {
		return nil, err
	}
	s.ask(func(ctx context.Context) error { return s.applyEdit(ctx, action.Title, action.Edit) })
	return nil, nil
}

// restartCommand forgets what was read and analyses anew.
func (s *server) restartCommand(context.Context, argument) (any, error) {
	s.session.Forget()
	s.publish.soon(0)
	return nil, nil
}
