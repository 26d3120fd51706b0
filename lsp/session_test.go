package lsp

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// TestSessions plays the scripts of testdata/sessions with clients of all kinds. The
// head of an archive is the script, a step in each line; FILE may be a URI:
//
//	open FILE             as it is on disk, or empty
//	edit FILE OLD => NEW  the first OLD becomes NEW; \n is a line end
//	fix FILE              the first quick fix is made in what is open
//	fixall FILE           and so is what "fix all" of a file gives
//	save FILE             what is open is written to disk
//	close FILE
//	disk FILE OLD => NEW  as edit, on disk, behind the editor's back
//	disk FILE             it is made, as FILE.new in the archive has it
//	remove FILE           on disk
//	rename FILE NEW       on disk
//	folder FILE, unfolder FILE
//	shows FILE CODES      exactly these rules; nothing, without codes
//	hover FILE TEXT => WORDS
//
// A # starts a comment.
func TestSessions(t *testing.T) {
	paths, err := filepath.Glob("../testdata/sessions/*.txtar")
	check(t, err)
	if len(paths) == 0 {
		t.Fatal("no sessions")
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		check(t, err)
		for v := range 16 {
			c := client{encoding: "utf-8", versions: v&2 != 0, watches: v&4 != 0, crlf: v&8 != 0, texts: map[string]string{}, versionOf: map[string]int{}}
			if v&1 != 0 {
				c.encoding = "utf-16"
			}
			name := strings.TrimSuffix(filepath.Base(path), ".txtar") + "/" + c.encoding
			for i, word := range []string{"", "versions", "watches", "crlf"} {
				if i > 0 && v>>i&1 != 0 {
					name += " " + word
				}
			}
			t.Run(name, func(t *testing.T) {
				archive := txtar.Parse(raw)
				if c.crlf {
					for i := range archive.Files {
						archive.Files[i].Data = []byte(strings.ReplaceAll(string(archive.Files[i].Data), "\n", "\r\n"))
					}
				}
				script := string(archive.Comment)
				archive.Comment = nil
				bubble(t, string(txtar.Format(archive)), func(t *testing.T, e *editor) {
					c.editor = e
					c.play(script)
				})
			})
		}
	}
}

// client is an editor of one kind, with what is open in it.
type client struct {
	*editor
	encoding                string
	versions, watches, crlf bool
	texts                   map[string]string // by URI
	versionOf               map[string]int
}

func (c *client) play(script string) {
	capabilities := full(c.encoding)
	if !c.versions {
		delete(capabilities["workspace"].(object), "workspaceEdit")
	}
	if c.watches {
		watching(capabilities)
	}
	c.initialize(capabilities)
	if c.watches {
		c.requested("client/registerCapability")
	}
	c.calm()
	for l := range strings.Lines(script) {
		step, _, _ := strings.Cut(strings.TrimSpace(l), "#")
		if words := strings.Fields(step); len(words) > 1 {
			rest := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(step, words[0])), words[1]))
			c.step(words[0], words[1], rest)
			c.calm()
		} else if len(words) > 0 {
			c.t.Fatalf("not a step: %s", l)
		}
	}
}

func (c *client) named(name string) string {
	if strings.Contains(name, ":") {
		return name
	}
	return c.uri(name)
}

func (c *client) step(what, name, rest string) {
	uri, path := c.named(name), filepath.Join(c.dir, filepath.FromSlash(name))
	before, after, _ := strings.Cut(" "+rest+" ", " => ")
	before, after = strings.TrimSpace(before), strings.TrimSpace(after)
	unescape := strings.NewReplacer(`\n`, map[bool]string{true: "\r\n", false: "\n"}[c.crlf]).Replace
	before, after = unescape(before), unescape(after)
	swapped := func(text string) string {
		if !strings.Contains(text, before) {
			c.t.Fatalf("%q is not in %s", before, name)
		}
		return strings.Replace(text, before, after, 1)
	}
	switch what {
	case "open":
		text, _ := os.ReadFile(path)
		c.texts[uri], c.versionOf[uri] = string(text), 1
		c.openText(uri, string(text))
	case "edit":
		text := c.texts[uri]
		if before == "" {
			c.set(uri, text+after)
			return
		}
		swapped(text)
		start := strings.Index(text, before)
		c.versionOf[uri]++
		c.change(uri, c.versionOf[uri], part(positionIn(text, start, c.encoding), positionIn(text, start+len(before), c.encoding), after))
		c.texts[uri] = swapped(text)
	case "fix", "fixall":
		actions := c.actions(uri, map[string]string{"fix": "quickfix", "fixall": "source.fixAll"}[what])
		if len(actions) == 0 {
			c.t.Fatalf("nothing to fix in %s", name)
		}
		for u, text := range c.apply(actions[0], c.texts, c.encoding) {
			if text != c.texts[u] {
				c.set(u, text)
			}
		}
	case "save":
		c.write(name, c.texts[uri])
		c.disk(2, name)
		c.notify("textDocument/didSave", object{"textDocument": object{"uri": uri}})
	case "close":
		delete(c.texts, uri)
		c.notify("textDocument/didClose", object{"textDocument": object{"uri": uri}})
	case "disk":
		kind := 2
		if rest == "" {
			after, kind = c.read(name+".new"), 1
		} else {
			after = swapped(c.read(name))
		}
		c.write(name, after)
		c.disk(kind, name)
	case "remove":
		check(c.t, os.Remove(path))
		c.disk(3, name)
	case "rename":
		check(c.t, os.Rename(path, filepath.Join(c.dir, filepath.FromSlash(rest))))
		c.disk(3, name)
		c.disk(1, rest)
	case "folder", "unfolder":
		folder := []object{{"uri": uri, "name": name}}
		event := object{"added": folder, "removed": []object{}}
		if what == "unfolder" {
			event = object{"added": []object{}, "removed": folder}
		}
		c.notify("workspace/didChangeWorkspaceFolders", object{"event": event})
	case "shows":
		if got := c.codes(uri); got != strings.TrimSpace(rest) {
			c.t.Errorf("%s shows %q, want %q", name, got, rest)
		}
	case "hover":
		m := c.call("textDocument/hover", at(uri, positionIn(c.texts[uri], strings.Index(c.texts[uri], before), c.encoding)))
		if !strings.Contains(string(m.Result), after) {
			c.t.Errorf("%q is not in %s", after, m.Result)
		}
	default:
		c.t.Fatalf("no step is called %s", what)
	}
}

// set replaces all of what is open.
func (c *client) set(uri, text string) {
	c.versionOf[uri]++
	c.texts[uri] = text
	c.change(uri, c.versionOf[uri], whole(text))
}

// disk tells of a file that changed. Who does not watch finds out about manifests by
// looking, and about the rest when something is saved.
func (c *client) disk(kind int, name string) {
	if c.watches {
		c.notify("workspace/didChangeWatchedFiles", object{"changes": []object{{"uri": c.uri(name), "type": kind}}})
		return
	}
	time.Sleep(2 * polled)
	if open := slices.Sorted(maps.Keys(c.texts)); len(open) > 0 && filepath.Ext(name) == ".rs" {
		c.notify("textDocument/didSave", object{"textDocument": object{"uri": open[0]}})
	}
}
