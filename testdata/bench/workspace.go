// Package bench writes workspaces to measure with.
package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/txtar"
)

// Size is the size of a workspace.
type Size struct {
	Members int
	// Modules are the files below the root of each member, of about 50 lines; each uses
	// tokio.
	Modules int
	// Locked is how many packages are locked beside the members, each of which depends
	// on two others, and every fifth drives Tokio; none: there is no lockfile.
	Locked int
}

// Middling is a workspace of about 20,000 lines; Large has 500 locked packages besides.
var (
	Middling = Size{Members: 20, Modules: 20}
	Large    = Size{Members: 20, Modules: 20, Locked: 500}
)

// Write puts the workspace down in a directory.
func (s Size) Write(dir string) error {
	for _, f := range txtar.Parse([]byte(s.Archive())).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Archive is the workspace in the form of txtar.
func (s Size) Archive() string {
	var b strings.Builder
	b.WriteString("-- Cargo.toml --\n[workspace]\nresolver = \"3\"\nmembers = [\"m*\"]\n[workspace.dependencies]\ntokio = { version = \"1\", features = [\"full\"] }\n")
	for m := range s.Members {
		dependencies := "tokio.workspace = true\n"
		switch {
		case s.Locked > 0 && m == 0: // where a feature is typed
			dependencies = "tokio = { version = \"1\", features = [\"full\", \"\"] }\np0 = { version = \"1\", features = [\"all\"] }\n"
		case s.Locked > 0:
			dependencies = "tokio = { version = \"1\", features = [\"full\"] }\np0 = { version = \"1\", features = [\"all\"] }\n"
		}
		fmt.Fprintf(&b, "-- m%d/Cargo.toml --\n[package]\nname = \"m%[1]d\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\n%s-- m%[1]d/src/lib.rs --\n", m, dependencies)
		for n := range s.Modules {
			fmt.Fprintf(&b, "pub mod x%d;\n", n)
		}
		for n := range s.Modules {
			fmt.Fprintf(&b, "-- m%d/src/x%d.rs --\n", m, n)
			for f := range 12 {
				fmt.Fprintf(&b, "pub async fn f%d(n: u64) -> u64 {\n    tokio::time::sleep(std::time::Duration::from_secs(n)).await;\n    tokio::spawn(async move { n + 1 }).await.unwrap_or(%[1]d)\n}\n", f)
			}
		}
	}
	if s.Locked > 0 {
		s.lock(&b)
	}
	return b.String()
}

// lock adds the lockfile and what is locked, as vendored packages.
func (s Size) lock(b *strings.Builder) {
	const registry = "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
	var vendor strings.Builder
	b.WriteString("-- Cargo.lock --\nversion = 4\n")
	for m := range s.Members {
		fmt.Fprintf(b, "[[package]]\nname = \"m%d\"\nversion = \"0.1.0\"\ndependencies = [\"tokio\", \"p0\"]\n", m)
	}
	for n := range s.Locked {
		depends, features := "", "[features]\nall = []\n"
		var names []string
		for _, to := range []int{2*n + 1, 2*n + 2} {
			if to < s.Locked {
				depends += fmt.Sprintf("p%d = \"1\"\n", to)
				names = append(names, fmt.Sprintf("%q", fmt.Sprintf("p%d", to)))
			}
		}
		if n%5 == 4 {
			depends += "tokio = { version = \"1\", features = [\"net\"] }\n"
			names = append(names, `"tokio"`)
		}
		if n == 0 && s.Locked > 1 {
			features = "[features]\nall = [\"p1/all\"]\n"
		}
		fmt.Fprintf(b, "[[package]]\nname = \"p%d\"\nversion = \"1.0.0\"\n%sdependencies = [%s]\n", n, registry, strings.Join(names, ", "))
		fmt.Fprintf(&vendor, "-- vendor/p%d/Cargo.toml --\n[package]\nname = \"p%[1]d\"\nversion = \"1.0.0\"\n%s[dependencies]\n%s", n, features, depends)
	}
	fmt.Fprintf(b, "[[package]]\nname = \"tokio\"\nversion = \"1.47.0\"\n%s", registry)
	vendor.WriteString("-- vendor/tokio/Cargo.toml --\n[package]\nname = \"tokio\"\nversion = \"1.47.0\"\n[features]\nfull = [\"net\", \"rt\", \"time\", \"sync\"]\nnet = []\nrt = []\ntime = []\nsync = []\n")
	vendor.WriteString("-- .cargo/config.toml --\n[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"vendor\"\n")
	b.WriteString(vendor.String())
}
