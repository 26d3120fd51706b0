package lsp

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

const optionalSmol = `
-- Cargo.toml --
[package]
name = "p"
version = "0.1.0"
edition = "2024"

[dependencies]
smol = { version = "2", optional = true }
tokio = { version = "1", features = ["rt"] }
-- src/lib.rs --
#[cfg(feature = "smol")]
pub use smol::Timer;
pub use tokio::runtime::Handle;
`

func TestSettings(t *testing.T) {
	for _, c := range []struct {
		about   string
		options any
		mixed   bool
	}{
		{"none", nil, false},
		{"features", object{"features": []string{"smol"}}, true},
		{"all features", object{"allFeatures": true}, true},
		{"what else a client sends", object{"features": []string{"smol"}, "trace": object{"server": "off"}}, true},
		{"nonsense", object{"features": 5, "target": "none"}, false},
		{"nonsense beside what is understood", object{"features": []string{"smol"}, "target": 5, "rulez": object{}}, true},
		{"a rule that is off", object{"features": []string{"smol"}, "rules": object{"mixed-reactors": "off"}}, false},
	} {
		t.Run(c.about, func(t *testing.T) {
			bubble(t, optionalSmol, func(t *testing.T, e *editor) {
				params := object{
					"processId": nil, "capabilities": full("utf-8"),
					"workspaceFolders": []object{{"uri": e.uri(""), "name": "w"}},
				}
				if c.options != nil {
					params["initializationOptions"] = c.options
				}
				e.initializeAs(params)
				e.open("Cargo.toml")
				e.calm()
				published := e.published[e.uri("Cargo.toml")]
				mixed := slices.ContainsFunc(published[len(published)-1].Diagnostics, func(d diagnostic) bool {
					return strings.HasPrefix(d.Message, "two reactors run")
				})
				if mixed != c.mixed {
					t.Errorf("two reactors: %t, want %t", mixed, c.mixed)
				}
			})
		})
	}
}

// TestSettingsProblems holds what is said of settings that are wrong, once.
func TestSettingsProblems(t *testing.T) {
	for _, c := range []struct {
		options any
		want    string
	}{
		{object{"codelens": false}, "there is no setting `codelens`; is `codeLens` meant?"},
		{object{"zzz": 1}, "there is no setting `zzz`"},
		{object{"features": 5}, "the setting `features` is not understood"},
		{object{"target": "none"}, "there is no target `none`"},
		{object{"rules": object{"no-reactr": "off"}}, "there is no rule `no-reactr`; is `no-reactor` meant?"},
		{object{"rules": object{"no-reactor": "loud"}}, "`no-reactor`: unknown level \"loud\": hint, info, warning or error"},
		{[]int{1}, "the settings are no object"},
		{object{"server": object{"path": "x"}, "trace": object{"server": "off"}}, ""},
		{nil, ""},
	} {
		raw, err := json.Marshal(c.options)
		check(t, err)
		if _, problems := configOf(raw); strings.Join(problems, "; ") != c.want {
			t.Errorf("%s: %q, want %q", raw, problems, c.want)
		}
	}
}

// TestConfiguration holds that a client is asked for settings, and again when they
// change; others send them.
func TestConfiguration(t *testing.T) {
	for _, asked := range []bool{true, false} {
		bubble(t, fullTokio, func(t *testing.T, e *editor) {
			capabilities := full("utf-16")
			if asked {
				workspace := capabilities["workspace"].(object)
				workspace["configuration"] = true
				workspace["didChangeConfiguration"] = object{"dynamicRegistration": true}
			}
			e.initialize(capabilities)
			answer := func(settings any) {
				e.say(object{"id": e.asked("workspace/configuration").ID, "result": []any{settings}})
			}
			if asked {
				e.requested("client/registerCapability")
				answer(nil)
			}
			e.calm()
			for _, c := range []struct{ level, want string }{{"off", ""}, {"error", "unused-feature"}} {
				settings := object{"rules": object{"unused-feature": c.level}}
				if asked {
					e.notify("workspace/didChangeConfiguration", object{"settings": nil})
					answer(settings)
				} else {
					e.notify("workspace/didChangeConfiguration", object{"settings": object{"reactorls": settings, "other": object{}}})
				}
				e.calm()
				if got := e.codes(e.uri("Cargo.toml")); got != c.want {
					t.Errorf("asked %t, %s: shows %q, want %q", asked, c.level, got, c.want)
				}
			}
			if got := e.now(e.uri("Cargo.toml"))[0].Severity; got != 1 {
				t.Errorf("severity %d", got)
			}
		})
	}
}

// TestSettingsOfExtension holds that the VS Code extension offers each setting.
func TestSettingsOfExtension(t *testing.T) {
	raw, err := os.ReadFile("../editors/vscode/package.json")
	check(t, err)
	var extension struct {
		Contributes struct {
			Configuration struct{ Properties map[string]any }
		}
	}
	check(t, json.Unmarshal(raw, &extension))
	offered := map[string]bool{}
	for name := range extension.Contributes.Configuration.Properties {
		first, _, _ := strings.Cut(strings.TrimPrefix(name, "reactorls."), ".")
		offered[first] = true
	}
	if got := slices.Sorted(maps.Keys(offered)); !slices.Equal(got, settingNames()) {
		t.Errorf("the extension offers %q, the server knows %q", got, settingNames())
	}
}
