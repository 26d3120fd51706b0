package advise

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// saying is something to say of candidates in one section.
type saying struct {
	Section    string   `toml:"section"`
	Candidates []string `toml:"candidates"`
	When       Match    `toml:"when"`
	Is         string   `toml:"is"`
	Source     string   `toml:"source"`
}

var sayings = sync.OnceValue(func() []saying {
	var file struct {
		Say []saying `toml:"say"`
	}
	mustDecode("say.toml", &file)
	return file.Say
})

// boundary is a file that keeps a runtime from the rest of a program.
type boundary struct {
	Candidates []string            `toml:"candidates"`
	File       string              `toml:"file"`
	Needs      map[string][]string `toml:"needs"` // features beyond the entry point's, by crate
}

var boundaries = sync.OnceValue(func() []boundary {
	var file struct {
		Boundary []boundary `toml:"boundary"`
	}
	mustDecode("boundaries.toml", &file)
	return file.Boundary
})

// asks tells what the file needs beyond the entry point.
func (b boundary) asks() string {
	var parts []string
	for _, crate := range slices.Sorted(maps.Keys(b.Needs)) {
		part := "`" + crate + "`"
		if features := b.Needs[crate]; len(features) > 0 {
			part += fmt.Sprintf(" with `%s`", strings.Join(features, "`, `"))
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return "nothing else"
	}
	return strings.Join(parts, ", ")
}
