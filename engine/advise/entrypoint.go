package advise

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"reactorls/engine/toml"
)

// entrypoint is what to start from with a candidate.
type entrypoint struct {
	Candidate    string            `toml:"candidate"`
	When         Match             `toml:"when"`
	Targets      []string          `toml:"targets"`
	File         string            `toml:"file"`
	Lib          bool              `toml:"lib"`
	CrateType    []string          `toml:"crate-type"`
	Also         map[string]string `toml:"also"`
	Lacking      string            `toml:"lacking"`
	Dependencies []Dependency      `toml:"dependency"`
}

// Dependency is one entry of the manifest to start from.
type Dependency struct {
	Name     string   `toml:"name"`
	Version  string   `toml:"version"`
	Features []string `toml:"features"`
	// Bare leaves the default features off.
	Bare bool   `toml:"bare"`
	Why  string `toml:"why"` // what each feature is for
}

// Raw writes the entry's value in the shortest form.
func (d Dependency) Raw() string {
	version := toml.Quote(d.Version)
	if len(d.Features) == 0 && !d.Bare {
		return version
	}
	parts := []string{"version = " + version}
	if d.Bare {
		parts = append(parts, "default-features = false")
	}
	if len(d.Features) > 0 {
		quoted := make([]string, len(d.Features))
		for i, f := range d.Features {
			quoted[i] = toml.Quote(f)
		}
		parts = append(parts, "features = ["+strings.Join(quoted, ", ")+"]")
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

var entrypoints = sync.OnceValue(func() []entrypoint {
	var file struct {
		Entrypoint []entrypoint `toml:"entrypoint"`
	}
	mustDecode("entrypoints.toml", &file)
	return file.Entrypoint
})

// Start is what a program or library starts from: its files by their paths, with
// slashes.
type Start struct {
	Dependencies []Dependency
	Lib          bool
	Root         string // the path of the crate's root file, "" where there is no text
	Files        map[string]string
	// Lacking is why there is no root file.
	Lacking string
}

// StartOf is what to start from with a candidate.
func (c Case) StartOf(j *Judged) Start {
	e := c.entrypointOf(j.Candidate)
	s := Start{Lib: e.Lib, Lacking: e.Lacking, Files: map[string]string{}}
	for _, d := range e.Dependencies {
		if d.Name == j.Crate || d.Version == "" {
			d.Version = j.Requirement
		}
		s.Dependencies = append(s.Dependencies, d)
	}
	s.Files["Cargo.toml"] = manifest(e, s.Dependencies, c.Answers.answer("msrv"))
	if e.File == "" {
		return s
	}
	s.Root = "src/main.rs"
	if e.Lib {
		s.Root = "src/lib.rs"
	}
	s.Files[s.Root] = startText(e.File)
	for path, file := range e.Also {
		s.Files[path] = startText(file)
	}
	return s
}

func (c Case) entrypointOf(candidate *Candidate) entrypoint {
	target := c.Answers.answer("target")
	for _, e := range entrypoints() {
		if e.Candidate == candidate.Name && e.When.Holds(c.Answers) && (len(e.Targets) == 0 || slices.Contains(e.Targets, target)) {
			return e
		}
	}
	return entrypoint{Candidate: candidate.Name, Lacking: "there is no text for it"}
}

// startText reads one of the texts to start from.
func startText(name string) string {
	content, err := data.ReadFile("data/entrypoints/" + name)
	if err != nil {
		panic(err)
	}
	return string(content)
}

// packageName is what a manifest to start from calls its package until --apply gives it
// the name of its directory.
const packageName = "my-project"

// manifest writes a Cargo.toml with these dependencies.
func manifest(e entrypoint, dependencies []Dependency, rust string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[package]\nname = %q\nversion = \"0.1.0\"\nedition = \"2021\"\n", packageName)
	if rust != "" && rust != FindQuestion("msrv").Unconstrained {
		fmt.Fprintf(&b, "rust-version = %q\n", rust)
	}
	if len(e.CrateType) > 0 {
		fmt.Fprintf(&b, "\n[lib]\ncrate-type = [\"%s\"]\n", strings.Join(e.CrateType, `", "`))
	}
	b.WriteString("\n[dependencies]\n")
	for _, d := range dependencies {
		fmt.Fprintf(&b, "%s = %s\n", d.Name, d.Raw())
	}
	return b.String()
}

// Paths lists the files, the manifest first and then the root file.
func (s Start) Paths() []string {
	paths := slices.Sorted(maps.Keys(s.Files))
	slices.SortStableFunc(paths, func(a, b string) int { return s.rank(a) - s.rank(b) })
	return paths
}

func (s Start) rank(path string) int {
	switch path {
	case "Cargo.toml":
		return 0
	case s.Root:
		return 1
	}
	return 2
}
