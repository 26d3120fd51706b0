// Package editors holds what editors need, and the test that its pages can be
// followed; the tests in the editors themselves are in e2e.
package editors

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/pelletier/go-toml/v2"
)

var parsers = map[string]func([]byte, any) error{"toml": toml.Unmarshal, "json": json.Unmarshal, "yaml": yaml.Unmarshal}

var fence = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// What the pages tell people to write is read by the parsers of its language.
func TestPagesParse(t *testing.T) {
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	pages = append(pages, "../docs/ci.md")
	if len(pages) < 6 {
		t.Fatalf("pages: %q", pages)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		blocks := fence.FindAllSubmatch(text, -1)
		if len(blocks) == 0 {
			t.Errorf("%s shows nothing to write", page)
		}
		for _, b := range blocks {
			if parse := parsers[string(b[1])]; parse != nil {
				if err := parse(b[2], new(any)); err != nil {
					t.Errorf("%s: %v in\n%s", page, err, b[2])
				}
			}
		}
	}
}

func TestDescriptionsParse(t *testing.T) {
	for _, name := range []string{"../.pre-commit-hooks.yaml", "nvim/mason.yaml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(text, new(any)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
