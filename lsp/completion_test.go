package lsp

import (
	"encoding/json"
	"strings"
	"testing"
)

const completed = `
-- Cargo.toml --
-- src/main.rs --
#[tokio::main]
async fn main() {
    let _ = tokio::net::TcpStream::connect("𝄞").await;
}
`

const completedHead = `[package]
name = "demo"
version = "0.1.0"
edition = "2021"

`

type completionItem struct {
	Label, SortText, FilterText, Detail string
	Documentation                       struct{ Kind, Value string }
	TextEdit                            struct {
		NewText                string
		Range, Insert, Replace textRange
	}
}

// complete asks at the mark ^ of a manifest, which is taken out.
func complete(t *testing.T, e *editor, encoding, manifest string) (content string, items []completionItem) {
	t.Helper()
	at := strings.Index(manifest, "^")
	content = manifest[:at] + manifest[at+1:]
	e.openText(e.uri("Cargo.toml"), content)
	m := e.call("textDocument/completion", object{
		"textDocument": object{"uri": e.uri("Cargo.toml")}, "position": positionIn(content, at, encoding),
	})
	if m.Error != nil {
		t.Fatalf("%+v", m.Error)
	}
	check(t, json.Unmarshal(m.Result, &items))
	return content, items
}

// The labels are given in the order of sortText, at most three; "" is no completion. In
// then, the first is put in.
func TestCompletion(t *testing.T) {
	const features = "macros net rt"
	for _, c := range []struct{ text, labels, then string }{
		{"[dependencies]\ntokio = { version = \"1\", features = [\"^\"] }\n", features, "[dependencies]\ntokio = { version = \"1\", features = [\"macros\"] }\n"},
		{"[dependencies]\n# 𝄞\ntokio = { version = '1', features = ['full', '^\n", "io-uring schedule-latency taskdump", "[dependencies]\n# 𝄞\ntokio = { version = '1', features = ['full', 'io-uring\n"},
		{"[dependencies]\ntokio = { version = \"1\", features = [\"rt-multi-thread\", \"macros\", \"n^xt\"] } # 𝄞\n", "net fs full", "[dependencies]\ntokio = { version = \"1\", features = [\"rt-multi-thread\", \"macros\", \"net\"] } # 𝄞\n"},
		{"[dependencies]\ntokio = { version = \"1\", features = [\"macros\", ^] }\n", "net rt rt-multi-thread", "[dependencies]\ntokio = { version = \"1\", features = [\"macros\", \"net\"] }\n"},
		{"[dependencies]\ntokio = { version = \"1\", features = [ne^] }\n", features, "[dependencies]\ntokio = { version = \"1\", features = [\"macros\"] }\n"},
		{"[dependencies]\ntokio = { version = \"1\", features = [\"^", features, "[dependencies]\ntokio = { version = \"1\", features = [\"macros"},
		{"[dependencies]\ntokio = { version = \"1\", features = [^", features, "[dependencies]\ntokio = { version = \"1\", features = [\"macros\""},
		{"[dependencies]\ntokio = { version = \"1\", features = [\"ne^\n\n[features]\nx = []\n", features, "[dependencies]\ntokio = { version = \"1\", features = [\"macros\n\n[features]\nx = []\n"},
		{"[dependencies]\ntokio = { version = \"1\", features = [\n    \"macros\",\n    \"^\",\n] }\n", "net rt rt-multi-thread", "[dependencies]\ntokio = { version = \"1\", features = [\n    \"macros\",\n    \"net\",\n] }\n"},
		{"[dependencies]\ntokio = { version = \"1\", features = [\n    \"macros\", # \"^\n] }\n", "", ""},
		{"[dependencies.tokio]\nversion = \"1\"\nfeatures = [\"full\", \"^\"]\n", "io-uring schedule-latency taskdump", "[dependencies.tokio]\nversion = \"1\"\nfeatures = [\"full\", \"io-uring\"]\n"},
		{"[dependencies]\nrt = { package = \"tokio\", version = \"1\", features = [\"^\"] }\n", "fs full io-std", "[dependencies]\nrt = { package = \"tokio\", version = \"1\", features = [\"fs\"] }\n"},
		{"[dependencies]\nserde = { version = \"1\", features = [\"^\"] }\n", "", ""},
		{"[dependencies]\ntokio = { version = \"^\" }\n", "", ""},
		{"[dependencies]\ntokio = { version = \"1\", features = [\"net\"]^ }\n", "", ""},
		{"[dependencies]\ntokio = { version = \"1\", optional = true }\n\n[features]\nserver = [\"tokio/^\"]\n", "tokio/macros tokio/net tokio/rt", "[dependencies]\ntokio = { version = \"1\", optional = true }\n\n[features]\nserver = [\"tokio/macros\"]\n"},
		{"[dependencies]\ntokio = { version = \"1\", optional = true }\n\n[features]\nserver = [\"tokio?/n^\", \"tokio/macros\"]\n", "tokio?/net tokio?/rt tokio?/rt-multi-thread", "[dependencies]\ntokio = { version = \"1\", optional = true }\n\n[features]\nserver = [\"tokio?/net\", \"tokio/macros\"]\n"},
		{"[dependencies]\n\n[features]\nserver = [\"^\"]\n", "", ""},
		{"[dependencies]\nsm^\n", "actix-rt async-executor async-global-executor", "[dependencies]\nactix-rt\n"},
		{"[dependencies]\nactix-rt = \"2\"\n^\n", "async-executor async-global-executor compio", "[dependencies]\nactix-rt = \"2\"\nasync-executor\n"},
		{"[target.'cfg(unix)'.dependencies]\nsm^", "actix-rt async-executor async-global-executor", "[target.'cfg(unix)'.dependencies]\nactix-rt"},
		{"[dependencies]\nsm^ = \"2\"\n", "", ""},
		{"[dependencies]\n# sm^\n", "", ""},
		{"[features]\nsm^\n", "", ""},
		{"^", "", ""},
	} {
		for encoding := range encodingNames {
			for _, newline := range []string{"\n", "\r\n"} {
				bubble(t, completed, func(t *testing.T, e *editor) {
					e.initialize(full(encoding))
					content, items := complete(t, e, encoding, strings.ReplaceAll(completedHead+c.text, "\n", newline))
					sortItems(items)
					var labels []string
					for _, i := range items[:min(3, len(items))] {
						labels = append(labels, i.Label)
					}
					if got := strings.Join(labels, " "); got != c.labels {
						t.Errorf("%q: got %s, want %s", c.text, got, c.labels)
					}
					if len(items) == 0 {
						return
					}
					got := applied(t, content, []textEdit{{items[0].TextEdit.Range, items[0].TextEdit.NewText}}, encoding)
					if want := strings.ReplaceAll(completedHead+c.then, "\n", newline); got != want {
						t.Errorf("%q: gives %q, want %q", c.text, got, want)
					}
				})
			}
		}
	}
}

func sortItems(items []completionItem) {
	for i := range items {
		for j := i; j > 0 && items[j].SortText < items[j-1].SortText; j-- {
			items[j], items[j-1] = items[j-1], items[j]
		}
	}
}

// What the client can do decides how an item is written, and the settings whether
// there are any.
func TestCompletionNegotiated(t *testing.T) {
	const manifest = completedHead + "[dependencies]\ntokio = { version = \"1\", features = [\"n^et\"] }\n"
	bubble(t, completed, func(t *testing.T, e *editor) {
		capabilities := full("utf-16")
		capabilities["textDocument"].(object)["completion"] = object{"completionItem": object{
			"insertReplaceSupport": true, "documentationFormat": []string{"markdown"},
		}}
		e.initialize(capabilities)
		content, items := complete(t, e, "utf-16", manifest)
		sortItems(items)
		first := items[1]
		if first.Label != "net" || first.Detail != "used by this package in 1 place" || first.FilterText != "net" || first.Documentation.Kind != "markdown" ||
			!strings.Contains(first.Documentation.Value, "`tokio::net::TcpListener`") {
			t.Errorf("got %+v", first)
		}
		if insert, replace := sliceIn(content, first.TextEdit.Insert, "utf-16"), sliceIn(content, first.TextEdit.Replace, "utf-16"); insert != "n" || replace != "net" {
			t.Errorf("inserts over %q, replaces %q", insert, replace)
		}
	})
	bubble(t, completed, func(t *testing.T, e *editor) {
		e.initialize(object{})
		if _, items := complete(t, e, "utf-16", manifest); items[0].Documentation.Kind != "plaintext" || strings.Contains(items[0].Documentation.Value, "`") {
			t.Errorf("got %+v", items[0])
		}
	})
	bubble(t, completed, func(t *testing.T, e *editor) {
		offered := e.initializeAs(object{
			"processId": nil, "capabilities": object{}, "rootUri": e.uri(""),
			"initializationOptions": object{"completion": false, "codeLens": false},
		})
		for _, provider := range []string{"completionProvider", "codeLensProvider", "inlayHintProvider"} {
			if offered[provider] != nil {
				t.Errorf("%s is offered", provider)
			}
		}
		if _, items := complete(t, e, "utf-16", manifest); items != nil {
			t.Errorf("turned off, it offers %v", items)
		}
	})
}

// No place in any of these texts is too odd to be asked about.
func TestCompletionAnywhere(t *testing.T) {
	texts := []string{
		"[dependencies]\ntokio = { features = [\"ne\", '", "[dependencies]\ntokio.features = [\"\"\"\n", "[dependencies]\n\"tokio\" = { features = [[\"a\"]] }",
		"[features]\nx = [\"𝄞/\"]\n", "[dependencies.tokio]\nfeatures = [\r\n", "\ufeff[dependencies]\ntokio",
	}
	bubble(t, completed, func(t *testing.T, e *editor) {
		e.initialize(full("utf-16"))
		for _, text := range texts {
			e.openText(e.uri("Cargo.toml"), completedHead+text)
			for line := range 12 {
				for character := range 40 {
					if m := e.call("textDocument/completion", at(e.uri("Cargo.toml"), position{line, character})); m.Error != nil {
						t.Fatalf("%q at %d:%d: %+v", text, line, character, m.Error)
					}
				}
			}
		}
	})
}
