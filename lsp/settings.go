package lsp

import (
	"encoding/json"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/cargo"
)

// settings are what a client may send as initializationOptions: which build of the
// workspace to look at, as with the flags of cargo.
type settings struct {
	Features          []string `json:"features"`
	NoDefaultFeatures bool     `json:"noDefaultFeatures"`
	AllFeatures       bool     `json:"allFeatures"`
	Target            string   `json:"target"` // a triple
}

// optionsOf are the options of every run. What cannot be understood is logged and
// left out.
func optionsOf(p *protocol.InitializeParams, log *zap.Logger) diagnostics.Options {
	var s settings
	if raw := p.InitializationOptions; len(raw) > 0 {
		if err := json.Unmarshal(raw, &s); err != nil {
			log.Warn("initializationOptions are not understood", zap.Error(err))
			s = settings{}
		}
	}
	o := diagnostics.Options{Selection: engine.Selection{Features: s.Features, NoDefault: s.NoDefaultFeatures, All: s.AllFeatures}}
	if s.Target != "" {
		if o.Platform = cargo.PlatformOf(s.Target); o.Platform == nil {
			log.Warn("no such target", zap.String("target", s.Target))
		}
	}
	return o
}
