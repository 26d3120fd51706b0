package lsp

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/cargo"
)

// settingsSchema documents the settings for people and editors; the names in it are
// those that are known.
//
//go:embed settings.schema.json
var settingsSchema []byte

var settingNames = sync.OnceValue(func() []string {
	var schema struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(settingsSchema, &schema); err != nil {
		panic(err)
	}
	return slices.Sorted(maps.Keys(schema.Properties))
})

// settings are what a client may send; settings.schema.json says what they mean.
type settings struct {
	Features          []string          `json:"features"`
	NoDefaultFeatures bool              `json:"noDefaultFeatures"`
	AllFeatures       bool              `json:"allFeatures"`
	Target            string            `json:"target"`
	Rules             map[string]string `json:"rules"`
	Completion        bool              `json:"completion"`
	CodeLens          bool              `json:"codeLens"`
	InlayHints        bool              `json:"inlayHints"`
	RustDefinition    bool              `json:"rustDefinition"`
}

// config is what settings come to. It never changes; new settings make a new one.
type config struct {
	settings
	options diagnostics.Options
}

// configOf reads settings. What cannot be understood is left out, alone, and told of.
func configOf(raw json.RawMessage) (c *config, problems []string) {
	c = &config{settings: settings{Completion: true, CodeLens: true}}
	var given map[string]json.RawMessage
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &given); err != nil {
			return c, []string{"the settings are no object"}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(settingNames(), name) {
			problems = append(problems, fmt.Sprintf("there is no setting `%s`%s", name, nearest(name, settingNames())))
			continue
		}
		one, err := json.Marshal(map[string]json.RawMessage{name: given[name]})
		if err != nil || json.Unmarshal(one, &c.settings) != nil {
			problems = append(problems, fmt.Sprintf("the setting `%s` is not understood", name))
		}
	}
	c.options.Selection = engine.Selection{Features: c.Features, NoDefault: c.NoDefaultFeatures, All: c.AllFeatures}
	if c.Target != "" {
		if c.options.Platform = cargo.PlatformOf(c.Target); c.options.Platform == nil {
			problems = append(problems, fmt.Sprintf("there is no target `%s`", c.Target))
		}
	}
	c.options.Levels = map[string]diagnostics.Severity{}
	for _, code := range slices.Sorted(maps.Keys(c.Rules)) {
		level, err := diagnostics.ParseLevel(c.Rules[code])
		switch {
		case diagnostics.Find(code) == nil:
			problems = append(problems, fmt.Sprintf("there is no rule `%s`%s", code, nearest(code, diagnostics.Codes())))
		case err != nil:
			problems = append(problems, fmt.Sprintf("`%s`: %v", code, err))
		default:
			c.options.Levels[code] = level
		}
	}
	return c, problems
}

// nearest proposes the name that was perhaps meant.
func nearest(name string, names []string) string {
	if near := diagnostics.Nearest(name, names); near != "" {
		return fmt.Sprintf("; is `%s` meant?", near)
	}
	return ""
}

// configure takes settings, and tells once what is wrong with them.
func (s *server) configure(raw json.RawMessage) {
	c, problems := configOf(raw)
	s.config.Store(c)
	for _, problem := range problems {
		if _, told := s.warned.LoadOrStore(problem, true); told {
			continue
		}
		s.log.Warn(problem)
		if s.state.Load() == stateRunning {
			s.logMessage(protocol.MessageTypeWarning, problem)
		}
	}
}

// logMessage writes a line into the client's log.
func (s *server) logMessage(level protocol.MessageType, text string) {
	if err := s.client.LogMessage(s.ctx, &protocol.LogMessageParams{Type: level, Message: "reactorls: " + text}); err != nil {
		s.log.Warn("logMessage", zap.Error(err))
	}
}

// section is where the settings are in a client's configuration.
const section = "reactorls"

// followConfiguration asks for the settings, and to be told when they change, where the
// client can.
func (s *server) followConfiguration() {
	if s.caps.configurationRegistration {
		s.register("workspace/didChangeConfiguration", protocol.DidChangeConfigurationRegistrationOptions{Section: protocol.String(section)})
	}
	s.pullConfiguration()
}

// pullConfiguration asks the client for the settings.
func (s *server) pullConfiguration() {
	if !s.caps.configuration {
		return
	}
	const patience = 30 * time.Second
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	name := section
	values, err := s.client.Configuration(ctx, &protocol.ConfigurationParams{Items: []protocol.ConfigurationItem{{Section: &name}}})
	if err != nil || len(values) != 1 {
		if s.ctx.Err() == nil {
			s.log.Warn("the client gives no configuration", zap.Error(err))
		}
		return
	}
	if raw := json.RawMessage(values[0]); string(raw) != "null" { // it has none: what came at the start stays
		s.reconfigure(raw)
	}
}

// reconfigure takes settings while the session goes on.
func (s *server) reconfigure(raw json.RawMessage) {
	s.configure(raw)
	s.publish.soon(0)
}

// DidChangeConfiguration asks for the settings anew, or takes those that are sent.
func (s *server) DidChangeConfiguration(_ context.Context, p *protocol.DidChangeConfigurationParams) error {
	if s.caps.configuration {
		go s.pullConfiguration() // not here: the answer comes in behind this notification
		return nil
	}
	var sent map[string]json.RawMessage
	if json.Unmarshal(p.Settings, &sent) != nil || sent[section] == nil {
		return nil // of others
	}
	s.reconfigure(sent[section])
	return nil
}
