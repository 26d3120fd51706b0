package lsp

import (
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
