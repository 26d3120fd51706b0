package lsp

import (
	"encoding/json"
	"strings"
	"testing"
)

const hovered = `
-- Cargo.toml --
[package]
name = "demo"
version = "0.1.0"
edition = "2024"

[package.metadata.reactorls]
allow = ["dev-only-feature"]

[dependencies]
serde = { version = "1", features = ["derive"] }
tokio = { version = "1", optional = true, features = ["𝄞", "time", "fs"] } # reactorls: allow(unused-feature)

[features]
timed = ["tokio/time", "serde?/std"]
-- src/lib.rs --
// reactorls: allow(missing-feature, unused-runtime)
/* 𝄞 */ pub use tokio::time::sleep;
`

func TestHover(t *testing.T) {
	for encoding := range encodingNames {
		for _, c := range []struct {
			file, at string
			offset   int    // in at
			page     string // how it begins; "": there is none
			has      string
			span     string
		}{
			{"Cargo.toml", "tokio = {", 0, "# tokio", "", "tokio"},
			{"Cargo.toml", "tokio = {", 5, "# tokio", "", "tokio"},
			{"Cargo.toml", "tokio = {", 6, "", "", ""},
			{"Cargo.toml", `"time"`, 1, "# tokio/time", "[src/lib.rs:2]", `time`},
			{"Cargo.toml", `"fs"`, 2, "# tokio/fs", "No code here surely needs it", `fs`},
			{"Cargo.toml", `"𝄞"`, 1, "", "", ""},
			{"Cargo.toml", `"tokio/time"`, 3, "# tokio/time", "", `tokio/time`},
			{"Cargo.toml", `"serde?/std"`, 3, "", "", ""},
			{"Cargo.toml", "serde = ", 1, "", "", ""},
			{"Cargo.toml", `"derive"`, 1, "", "", ""},
			{"Cargo.toml", "unused-feature)", 3, "# unused-feature", "", "unused-feature"},
			{"Cargo.toml", "unused-feature)", 0, "# unused-feature", "", "unused-feature"},
			{"Cargo.toml", "allow(unused", 1, "", "", ""},
			{"Cargo.toml", `"dev-only-feature"`, 4, "# dev-only-feature", "", "dev-only-feature"},
			{"Cargo.toml", "[package]", 0, "", "", ""},
			{"src/lib.rs", "missing-feature", 2, "# missing-feature", "", "missing-feature"},
			{"src/lib.rs", "unused-runtime", 14, "# unused-runtime", "", "unused-runtime"},
			{"src/lib.rs", "tokio::time", 1, "", "", ""},
		} {
			t.Run(strings.Join([]string{encoding, c.file, c.at}, " "), func(t *testing.T) {
				bubble(t, hovered, func(t *testing.T, e *editor) {
					e.initialize(full(encoding))
					content := e.open(c.file)
					m := e.call("textDocument/hover", at(e.uri(c.file), positionIn(content, strings.Index(content, c.at)+c.offset, encoding)))
					if c.page == "" {
						if string(m.Result) != "null" {
							t.Errorf("got %s", m.Result)
						}
						return
					}
					var got struct {
						Contents struct{ Kind, Value string }
						Range    textRange
					}
					check(t, json.Unmarshal(m.Result, &got))
					if got.Contents.Kind != "markdown" || !strings.HasPrefix(got.Contents.Value, c.page+"\n") || !strings.Contains(got.Contents.Value, c.has) {
						t.Errorf("got %s", m.Result)
					}
					if span := strings.Trim(sliceIn(content, got.Range, encoding), `"`); span != c.span {
						t.Errorf("over %q, want %q", span, c.span)
					}
				})
			})
		}
	}
}

// Places outside of the text, and texts that are not there, say nothing.
func TestHoverNowhere(t *testing.T) {
	bubble(t, hovered, func(t *testing.T, e *editor) {
		e.initialize(object{})
		e.open("Cargo.toml")
		for _, params := range []object{
			at(e.uri("Cargo.toml"), position{1 << 31, 1 << 31}),
			at(e.uri("Cargo.toml"), position{0, 1 << 30}),
			at(e.uri("nowhere/Cargo.toml"), position{0, 0}),
			at(e.uri("src"), position{0, 0}),
			at("untitled:Cargo.toml", position{0, 0}),
			at("", position{0, 0}),
		} {
			if m := e.call("textDocument/hover", params); m.Error != nil || string(m.Result) != "null" {
				t.Errorf("%v: %s %+v", params, m.Result, m.Error)
			}
		}
		m := e.call("textDocument/hover", at(e.uri("Cargo.toml"), position{10, 2}))
		if !strings.Contains(string(m.Result), `"plaintext"`) {
			t.Errorf("a client that takes no markdown gets %s", m.Result)
		}
	})
}
