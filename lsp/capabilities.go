package lsp

import (
	"slices"

	"go.lsp.dev/protocol"

	"reactorls/engine/text"
)

// clientCapabilities is what the client can do, resolved once, so that no other
// code looks into the nested and optional original.
type clientCapabilities struct {
	encoding                  text.Encoding
	documentChanges           bool
	createFiles               bool // by edits
	watchRegistration         bool
	relativePatterns          bool // it watches folders that it has not open
	configuration             bool // it can be asked for settings
	configurationRegistration bool // and asked to tell of changes
	pull                      bool // it asks for diagnostics, and can be told to do so again
	showDocument              bool
	applyEdit                 bool
	relatedInformation        bool
	tags                      []protocol.DiagnosticTag
	codeDescription           bool
	codeActionLiterals        bool
	isPreferred               bool
	resolveEdit               bool // an action's edit may come later, when it is chosen
	annotations               bool // of edits
	progress                  bool // the server may show that it works
	markdown                  bool
	completionMarkdown        bool
	insertReplace             bool
}

var encodings = map[protocol.PositionEncodingKind]text.Encoding{
	protocol.PositionEncodingKindUTF8:  text.UTF8,
	protocol.PositionEncodingKindUTF16: text.UTF16,
	protocol.PositionEncodingKindUTF32: text.UTF32,
}

// resolve reads the client's capabilities; every part of them may be missing.
func resolve(c protocol.ClientCapabilities) clientCapabilities {
	r := clientCapabilities{encoding: text.UTF16}
	if g := c.General; g != nil {
		// UTF-8 is what the engine counts in, so it is taken where it is offered.
		for _, kind := range []protocol.PositionEncodingKind{protocol.PositionEncodingKindUTF8, protocol.PositionEncodingKindUTF32} {
			if slices.Contains(g.PositionEncodings, kind) {
				r.encoding = encodings[kind]
				break
			}
		}
	}
	if w := c.Workspace; w != nil {
		if f := w.DidChangeWatchedFiles; f != nil {
			r.watchRegistration, r.relativePatterns = is(f.DynamicRegistration), is(f.RelativePatternSupport)
		}
		r.applyEdit = is(w.ApplyEdit)
		r.configuration = is(w.Configuration)
		r.configurationRegistration = w.DidChangeConfiguration != nil && is(w.DidChangeConfiguration.DynamicRegistration)
		if e := w.WorkspaceEdit; e != nil {
			r.documentChanges = is(e.DocumentChanges)
			r.annotations = r.documentChanges && e.ChangeAnnotationSupport != nil
			r.createFiles = r.documentChanges && slices.Contains(e.ResourceOperations, protocol.ResourceOperationKindCreate)
		}
	}
	if w := c.Window; w != nil {
		r.progress = is(w.WorkDoneProgress)
		r.showDocument = w.ShowDocument != nil && w.ShowDocument.Support
	}
	td := c.TextDocument
	if td == nil {
		return r
	}
	r.pull = td.Diagnostic != nil && c.Workspace != nil && c.Workspace.Diagnostics != nil && is(c.Workspace.Diagnostics.RefreshSupport)
	if p := td.PublishDiagnostics; p != nil {
		r.relatedInformation = is(p.RelatedInformation)
		r.tags = slices.Clone(p.TagSupport.ValueSet)
		r.codeDescription = is(p.CodeDescriptionSupport)
	}
	if a := td.CodeAction; a != nil {
		r.codeActionLiterals = len(a.CodeActionLiteralSupport.CodeActionKind.ValueSet) > 0
		r.isPreferred = is(a.IsPreferredSupport)
		r.resolveEdit = is(a.DataSupport) && slices.Contains(a.ResolveSupport.Properties, "edit")
	}
	if c := td.Completion; c != nil && c.CompletionItem != nil {
		r.completionMarkdown = slices.Contains(c.CompletionItem.DocumentationFormat, protocol.MarkupKindMarkdown)
		r.insertReplace = is(c.CompletionItem.InsertReplaceSupport)
	}
	if h := td.Hover; h != nil {
		r.markdown = slices.Contains(h.ContentFormat, protocol.MarkupKindMarkdown)
	}
	return r
}

func is(b *bool) bool { return b != nil && *b }

// fixAllKind is the source action that makes every certain fix.
const fixAllKind = protocol.CodeActionKindSourceFixAll + ".reactorls"

// serverCapabilities is what the server offers to this client.
func (s *server) serverCapabilities() protocol.ServerCapabilities {
	yes, incremental := true, protocol.TextDocumentSyncKindIncremental
	kind := protocol.PositionEncodingKindUTF16
	for k, e := range encodings {
		if e == s.caps.encoding {
			kind = k
		}
	}
	offered := protocol.ServerCapabilities{
		PositionEncoding: kind,
		TextDocumentSync: &protocol.TextDocumentSyncOptions{OpenClose: &yes, Change: &incremental, Save: &protocol.SaveOptions{}},
		HoverProvider:    protocol.Boolean(true),
		Workspace: &protocol.WorkspaceOptions{WorkspaceFolders: &protocol.WorkspaceFoldersServerCapabilities{
			Supported: &yes, ChangeNotifications: protocol.Boolean(true),
		}},
		ExecuteCommandProvider: protocol.ExecuteCommandOptions{Commands: commandNames()},
	}
	s.offerContent(&offered)
	if s.caps.pull {
		offered.DiagnosticProvider = &protocol.DiagnosticOptions{InterFileDependencies: true, WorkspaceDiagnostics: true}
	}
	if s.caps.codeActionLiterals { // without, there are only commands, and we have none
		offered.CodeActionProvider = &protocol.CodeActionOptions{
			CodeActionKinds: []protocol.CodeActionKind{protocol.CodeActionKindQuickFix, rewriteKind, fixAllKind},
			ResolveProvider: &s.caps.resolveEdit,
		}
	}
	return offered
}

// offerContent adds what the settings leave on.
func (s *server) offerContent(offered *protocol.ServerCapabilities) {
	offered.ReferencesProvider = protocol.Boolean(true)
	offered.DefinitionProvider = protocol.Boolean(true)
	if s.config.Load().Completion {
		offered.CompletionProvider = &protocol.CompletionOptions{TriggerCharacters: []string{"\"", "/"}}
	}
	if s.config.Load().CodeLens {
		offered.CodeLensProvider = &protocol.CodeLensOptions{}
	}
	if s.config.Load().InlayHints {
		offered.InlayHintProvider = protocol.Boolean(true)
	}
}
