package lsp

import (
	"encoding/json"

	"go.lsp.dev/protocol"
)

// shows is what the client wants to see besides diagnostics, hovers and fixes.
type shows struct {
	completion, codeLens, inlayHints bool
	// rustDefinition leads from Rust to the manifest by "go to definition", where
	// another server has an answer of its own, so that people are asked which.
	rustDefinition bool
}

// showsOf reads initializationOptions: completion and lenses are there unless turned
// off, the rest only when turned on: inlay hints say the same as lenses.
func showsOf(p *protocol.InitializeParams) shows {
	asked := struct {
		Completion *bool `json:"completion"`
		CodeLens   *bool `json:"codeLens"`
		InlayHints *bool `json:"inlayHints"`
		// In Rust, "go to definition" leads to the feature in the manifest, too.
		RustDefinition *bool `json:"rustDefinition"`
	}{}
	if json.Unmarshal(p.InitializationOptions, &asked) != nil { // the settings' own reader tells
		return shows{completion: true, codeLens: true}
	}
	or := func(b *bool, otherwise bool) bool {
		if b == nil {
			return otherwise
		}
		return *b
	}
	return shows{or(asked.Completion, true), or(asked.CodeLens, true), or(asked.InlayHints, false), or(asked.RustDefinition, false)}
}
