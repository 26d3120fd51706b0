// Package cargo reads Cargo's own files: manifests, lockfiles and what belongs to
// them, as they are on disk or half-typed in an editor, and edits manifests.
package cargo

import (
	"strings"

	"reactorls/engine/text"
	"reactorls/engine/toml"
)

// Text is a string of a manifest with its place; the zero Text is absent.
type Text struct {
	Value string
	Span  text.Span // with quotes
	// Workspace tells that the value is inherited: name.workspace = true.
	Workspace bool
}

// Or gives the value, or fallback where there is none.
func (t Text) Or(fallback string) string {
	if t.Value == "" {
		return fallback
	}
	return t.Value
}

// Given tells that there is a value, be it an empty one.
func (t Text) Given() bool { return t.Value != "" || t.Span != (text.Span{}) }

// Manifest is one Cargo.toml as written, without anything inherited. Whatever
// could be read of a half-typed one is there.
type Manifest struct {
	Doc          *toml.Document
	Package      *Package   // nil in a virtual workspace
	Workspace    *Workspace // nil without [workspace]
	Dependencies []*Dependency
	Features     []*Feature
	Patches      []*Dependency // the entries of all [patch] tables
	Lib          *TargetTable
	Bins         []*TargetTable
	Examples     []*TargetTable
	Tests        []*TargetTable
	Benches      []*TargetTable
}

// Package is the [package] table.
type Package struct {
	Name, Version, Edition, RustVersion Text
	// Root is package.workspace: where the workspace is.
	Root Text
	// Build is the build script; NoBuild tells that there shall be none.
	Build   Text
	NoBuild bool
	// Unpublished tells that publish leaves no registry; so it does where the
	// workspace decides.
	Unpublished bool
	// Auto… are nil where the manifest does not say.
	AutoLib, AutoBins, AutoExamples, AutoTests, AutoBenches *bool
	Resolver                                                Text
	// Metadata is package.metadata.reactorls.
	Metadata *toml.Node
}

// Workspace is the [workspace] table.
type Workspace struct {
	Span                             text.Span
	Members, Exclude, DefaultMembers []Text
	Dependencies                     []*Dependency
	Resolver                         Text
	Edition, Version, RustVersion    Text // of [workspace.package]
	// Metadata is workspace.metadata.reactorls.
	Metadata *toml.Node
}

// Kind says which part of a package a dependency serves.
type Kind uint8

// The kinds of dependencies. A Shared one stands in [workspace.dependencies] and
// serves nobody until a member inherits it.
const (
	Normal Kind = iota
	Dev
	Build
	Shared
)

// String is the name of the kind's table.
func (k Kind) String() string {
	return [...]string{"dependencies", "dev-dependencies", "build-dependencies", "workspace.dependencies"}[k]
}

// Dependency is one entry of a dependency table.
type Dependency struct {
	Name     string    // the key: what code calls it, with - for _
	NameSpan text.Span // the key
	Package  string    // the package's own name, which differs when renamed
	Kind     Kind
	Target   string // the key under [target], "" for all targets

	Version, Path, Git, Registry Text
	Workspace                    bool // workspace = true
	Optional                     bool
	// DefaultFeatures is nil where the entry does not say.
	DefaultFeatures *bool
	Features        []Text

	Node *toml.Node // the entry
}

// Import is the name that code uses, unless the package's library has a name of
// its own.
func (d *Dependency) Import() string { return strings.ReplaceAll(d.Name, "-", "_") }

// Renamed reports whether the entry has package = "…" with another name.
func (d *Dependency) Renamed() bool { return d.Package != d.Name }

// Section is the path of the table that the entry stands in.
func (d *Dependency) Section() []string {
	switch {
	case d.Kind == Shared:
		return []string{"workspace", "dependencies"}
	case d.Target != "":
		return []string{"target", d.Target, d.Kind.String()}
	}
	return []string{d.Kind.String()}
}

// Feature is one entry of [features].
type Feature struct {
	Name   string
	Span   text.Span // the key
	Values []FeatureValue
	Node   *toml.Node // the array
}

// FeatureValue is one thing that a feature turns on.
type FeatureValue struct {
	Raw  string
	Span text.Span
	// Feature is a feature of this package, or, with Dependency, of that.
	Feature string
	// Dependency is the key of the dependency concerned: dep:x, x/y, x?/y.
	Dependency string
	// Weak values (x?/y) do not turn the dependency itself on.
	Weak bool
}

// TargetTable is [lib] or one of [[bin]], [[example]], [[test]], [[bench]].
type TargetTable struct {
	Name, Path       Text
	RequiredFeatures []Text
	ProcMacro        bool
	Doctest, Test    *bool
	Edition          Text
}

// ParseManifest reads a manifest. It accepts any text: what is wrong with it as
// TOML is in Doc.Errors, and what cannot be understood is left out.
func ParseManifest(src string) *Manifest {
	doc := toml.Parse(src)
	root := doc.Root
	m := &Manifest{Doc: doc}
	pkg := root.Get("package")
	if pkg == nil {
		pkg = root.Get("project") // its name before 2015
	}
	if pkg != nil {
		m.Package = readPackage(pkg)
	}
	if ws := root.Get("workspace"); ws != nil {
		m.Workspace = readWorkspace(ws)
	}
	m.Dependencies = readTables(root, "", m.Dependencies)
	for _, target := range root.Get("target").Members() {
		m.Dependencies = readTables(target, target.Key.Name, m.Dependencies)
	}
	for _, source := range root.Get("patch").Members() {
		for _, d := range source.Members() {
			m.Patches = append(m.Patches, readDependency(d, Shared, ""))
		}
	}
	for _, f := range root.Get("features").Members() {
		m.Features = append(m.Features, readFeature(f))
	}
	if lib := root.Get("lib"); lib != nil {
		m.Lib = readTarget(lib)
	}
	m.Bins = readTargets(root.Get("bin"))
	m.Examples = readTargets(root.Get("example"))
	m.Tests = readTargets(root.Get("test"))
	m.Benches = readTargets(root.Get("bench"))
	return m
}

func readPackage(n *toml.Node) *Package {
	p := &Package{
		Name: textOf(n.Get("name")), Version: textOf(n.Get("version")), Edition: textOf(n.Get("edition")),
		RustVersion: textOf(n.Get("rust-version")), Root: textOf(n.Get("workspace")),
		Build: textOf(n.Get("build")), Resolver: textOf(n.Get("resolver")),
		AutoLib: boolOf(n.Get("autolib")), AutoBins: boolOf(n.Get("autobins")), AutoExamples: boolOf(n.Get("autoexamples")),
		AutoTests: boolOf(n.Get("autotests")), AutoBenches: boolOf(n.Get("autobenches")),
		Metadata: n.Get("metadata", "reactorls"),
	}
	if publish := n.Get("publish"); publish != nil {
		allowed, known := publish.Bool()
		p.Unpublished = !known && len(textsOf(publish)) == 0 || known && !allowed
	}
	if build := boolOf(n.Get("build")); build != nil {
		p.NoBuild = !*build
	}
	return p
}

func readWorkspace(n *toml.Node) *Workspace {
	w := &Workspace{
		Span:    n.At(),
		Members: textsOf(n.Get("members")), Exclude: textsOf(n.Get("exclude")), DefaultMembers: textsOf(n.Get("default-members")),
		Resolver: textOf(n.Get("resolver")),
		Edition:  textOf(n.Get("package", "edition")), Version: textOf(n.Get("package", "version")), RustVersion: textOf(n.Get("package", "rust-version")),
		Metadata: n.Get("metadata", "reactorls"),
	}
	for _, d := range n.Get("dependencies").Members() {
		w.Dependencies = append(w.Dependencies, readDependency(d, Shared, ""))
	}
	return w
}

func readTables(n *toml.Node, target string, deps []*Dependency) []*Dependency {
	for _, table := range []struct {
		kind  Kind
		names [2]string // the second is what old manifests write
	}{
		{Normal, [2]string{"dependencies"}},
		{Dev, [2]string{"dev-dependencies", "dev_dependencies"}},
		{Build, [2]string{"build-dependencies", "build_dependencies"}},
	} {
		for _, name := range table.names {
			for _, d := range n.Get(name).Members() {
				deps = append(deps, readDependency(d, table.kind, target))
			}
		}
	}
	return deps
}

func readDependency(n *toml.Node, kind Kind, target string) *Dependency {
	d := &Dependency{
		Name: n.Key.Name, NameSpan: n.Key.Span, Package: textOf(n.Get("package")).Or(n.Key.Name),
		Kind: kind, Target: target, Node: n,
	}
	if version, ok := n.Text(); ok {
		d.Version = Text{Value: version, Span: n.At()}
		return d
	}
	d.Version, d.Path, d.Git, d.Registry = textOf(n.Get("version")), textOf(n.Get("path")), textOf(n.Get("git")), textOf(n.Get("registry"))
	d.Workspace = isTrue(n.Get("workspace"))
	d.Optional = isTrue(n.Get("optional"))
	d.DefaultFeatures = boolOf(n.Get("default-features"))
	if d.DefaultFeatures == nil {
		d.DefaultFeatures = boolOf(n.Get("default_features"))
	}
	d.Features = textsOf(n.Get("features"))
	return d
}

func readFeature(n *toml.Node) *Feature {
	f := &Feature{Name: n.Key.Name, Span: n.Key.Span, Node: n}
	for _, t := range textsOf(n) {
		f.Values = append(f.Values, parseFeatureValue(t))
	}
	return f
}

func parseFeatureValue(t Text) FeatureValue {
	v := FeatureValue{Raw: t.Value, Span: t.Span}
	dep, feature, below := strings.Cut(t.Value, "/")
	switch {
	case below:
		v.Dependency, v.Weak = strings.CutSuffix(dep, "?")
		v.Feature = feature
	case strings.HasPrefix(t.Value, "dep:"):
		v.Dependency = t.Value[len("dep:"):]
	default:
		v.Feature = t.Value
	}
	return v
}

func readTargets(n *toml.Node) []*TargetTable {
	var ts []*TargetTable
	for _, e := range n.Items() {
		ts = append(ts, readTarget(e))
	}
	return ts
}

func readTarget(n *toml.Node) *TargetTable {
	return &TargetTable{
		Name: textOf(n.Get("name")), Path: textOf(n.Get("path")), Edition: textOf(n.Get("edition")),
		RequiredFeatures: textsOf(n.Get("required-features")),
		ProcMacro:        isProcMacro(n),
		Doctest:          boolOf(n.Get("doctest")), Test: boolOf(n.Get("test")),
	}
}

// isProcMacro reports whether a target is a procedural macro, in any of the ways
// to say so.
func isProcMacro(n *toml.Node) bool {
	if isTrue(n.Get("proc-macro")) || isTrue(n.Get("proc_macro")) {
		return true
	}
	for _, key := range []string{"crate-type", "crate_type"} {
		for _, t := range textsOf(n.Get(key)) {
			if t.Value == "proc-macro" {
				return true
			}
		}
	}
	return false
}

func textOf(n *toml.Node) Text {
	if v, ok := n.Text(); ok {
		return Text{Value: v, Span: n.At()}
	}
	return Text{Workspace: isTrue(n.Get("workspace"))}
}

func textsOf(n *toml.Node) []Text {
	var ts []Text
	for _, e := range n.Items() {
		if t := textOf(e); t.Value != "" {
			ts = append(ts, t)
		}
	}
	return ts
}

func boolOf(n *toml.Node) *bool {
	if v, ok := n.Bool(); ok {
		return &v
	}
	return nil
}

func isTrue(n *toml.Node) bool {
	v, _ := n.Bool()
	return v
}
