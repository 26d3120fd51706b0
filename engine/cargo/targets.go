package cargo

import (
	"path"
	"slices"
	"strings"
)

// TargetKind is the kind of a compilation target.
type TargetKind uint8

// The kinds of targets.
const (
	Lib TargetKind = iota
	Bin
	Example
	Test
	Bench
	BuildScript
)

// Target is one crate that cargo compiles of a package.
type Target struct {
	Kind TargetKind
	Name string
	// Path of its root file, relative to the package, with slashes.
	Path             string
	RequiredFeatures []string
	ProcMacro        bool
	Doctests         bool
	Edition          string // where it differs from the package's
}

// Import is the name of a library in code.
func (t Target) Import() string { return strings.ReplaceAll(t.Name, "-", "_") }

// Dir lists what a directory of the package holds: file names, and directory
// names with a slash at their end.
type Dir func(dir string) []string

// Targets finds the targets of a package as cargo does, from the manifest and
// from what is in its directories.
func (m *Manifest) Targets(list Dir) []Target {
	if m.Package == nil {
		return nil
	}
	f := finder{m: m, list: list}
	f.lib()
	f.group(Bin, m.Bins, m.Package.AutoBins, "src/bin")
	f.group(Example, m.Examples, m.Package.AutoExamples, "examples")
	f.group(Test, m.Tests, m.Package.AutoTests, "tests")
	f.group(Bench, m.Benches, m.Package.AutoBenches, "benches")
	switch build := m.Package.Build.Value; {
	case build != "":
		f.found = append(f.found, Target{Kind: BuildScript, Name: "build-script-build", Path: path.Clean(build)})
	case !m.Package.NoBuild && f.exists("build.rs"):
		f.found = append(f.found, Target{Kind: BuildScript, Name: "build-script-build", Path: "build.rs"})
	}
	return f.found
}

type finder struct {
	m     *Manifest
	list  Dir
	found []Target
}

func (f *finder) exists(file string) bool {
	dir, base := path.Split(file)
	return slices.Contains(f.list(path.Clean(dir)), base)
}

func (f *finder) lib() {
	t := Target{Kind: Lib, Name: f.m.Package.Name.Value, Path: "src/lib.rs", Doctests: true}
	switch lib := f.m.Lib; {
	case lib != nil:
		t.Name = lib.Name.Or(t.Name)
		t.Path = path.Clean(lib.Path.Or(t.Path))
		t.ProcMacro = lib.ProcMacro
		t.Doctests = lib.Doctest == nil || *lib.Doctest
		t.Edition = lib.Edition.Value
	case f.m.Package.AutoLib != nil && !*f.m.Package.AutoLib || !f.exists(t.Path):
		return
	}
	f.found = append(f.found, t)
}

// group finds the targets of one kind: those that the manifest lists, and, where
// it does not forbid it, those that lie in their usual place.
func (f *finder) group(kind TargetKind, tables []*TargetTable, auto *bool, dir string) {
	usual := f.usual(kind, dir)
	for _, table := range tables {
		t := Target{Kind: kind, Name: table.Name.Value, Edition: table.Edition.Value}
		for _, r := range table.RequiredFeatures {
			t.RequiredFeatures = append(t.RequiredFeatures, r.Value)
		}
		if table.Path.Value != "" {
			t.Path = path.Clean(table.Path.Value)
		} else if i := slices.IndexFunc(usual, func(u Target) bool { return u.Name == t.Name }); i >= 0 {
			t.Path = usual[i].Path
		} else {
			continue // cargo refuses it: there is no file
		}
		usual = slices.DeleteFunc(usual, func(u Target) bool { return u.Name == t.Name || u.Path == t.Path })
		f.found = append(f.found, t)
	}
	// Edition 2015 looked for targets only where the manifest lists none.
	if auto == nil && len(tables) > 0 && f.m.Package.Edition.Or("2015") == "2015" && !f.m.Package.Edition.Workspace {
		return
	}
	if auto == nil || *auto {
		f.found = append(f.found, usual...)
	}
}

func (f *finder) usual(kind TargetKind, dir string) []Target {
	var ts []Target
	if kind == Bin && f.exists("src/main.rs") {
		ts = append(ts, Target{Kind: Bin, Name: f.m.Package.Name.Value, Path: "src/main.rs"})
	}
	for _, e := range f.list(dir) {
		if name, ok := strings.CutSuffix(e, ".rs"); ok {
			ts = append(ts, Target{Kind: kind, Name: name, Path: dir + "/" + e})
		} else if name, ok := strings.CutSuffix(e, "/"); ok && f.exists(dir+"/"+name+"/main.rs") {
			ts = append(ts, Target{Kind: kind, Name: name, Path: dir + "/" + name + "/main.rs"})
		}
	}
	return ts
}
