package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"reactorls/engine/text"
	tree "reactorls/engine/toml"
)

// known brings what the registry knows of each crate in runtimes.toml up to date,
// and leaves the rest of the file as it is.
func (g *generator) known() error {
	file := filepath.Join(g.out, "runtimes.toml")
	src, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	content := string(src)
	for i := range tree.Parse(content).Root.Get("runtime").Items() {
		name, _ := tree.Parse(content).Root.Get("runtime").Items()[i].Get("name").Text()
		facts, err := registryFacts(name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, f := range facts {
			doc := tree.Parse(content)
			entry := doc.Root.Get("runtime").Items()[i]
			edits := doc.RemoveKey(entry, f.key)
			switch {
			case f.value != "" && entry.Get(f.key) != nil:
				edits = doc.ReplaceString(entry.Get(f.key), f.value)
			case f.value != "":
				edits = doc.SetKey(entry, f.key, tree.Quote(f.value))
			case entry.Get(f.key) == nil:
				continue
			}
			if content, err = text.Apply(content, edits); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(file, []byte(content), 0o666)
}

// fact is a key of runtimes.toml and its value, "" for none.
type fact struct{ key, value string }

// registryFacts reads the index entry of a crate, and the manifest of its newest
// release, for the index has no licences.
func registryFacts(name string) ([]fact, error) {
	releases, err := readIndex(name)
	if err != nil {
		// Not in cargo's cache: cargo itself fetches it.
		if out, err := exec.Command("cargo", "info", "--quiet", name).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("cargo info: %w\n%s", err, out)
		}
		if releases, err = readIndex(name); err != nil {
			return nil, err
		}
	}
	releases = slices.DeleteFunc(releases, func(r release) bool { return r.Yanked })
	if len(releases) == 0 {
		return nil, nil
	}
	newest := releases[len(releases)-1]
	latest, prerelease := "", newest.Vers.String()
	for _, r := range slices.Backward(releases) {
		if r.Vers.Pre == "" {
			newest, latest = r, r.Vers.String()
			break
		}
	}
	if prerelease == latest {
		prerelease = ""
	}
	facts := []fact{{"latest", latest}, {"prerelease", prerelease}, {"released", newest.Published}, {"rust", newest.RustVersion}}
	licence, err := licenceOf(name, newest.Vers.String())
	if licence != "" {
		facts = append(facts, fact{"licence", licence})
	}
	return facts, err
}

// licenceOf reads the fetched source of a release; "" where it was not fetched.
func licenceOf(name, version string) (string, error) {
	home, err := cargoHome()
	if err != nil {
		return "", err
	}
	files, err := filepath.Glob(filepath.Join(home, "registry", "src", "*", name+"-"+version, "Cargo.toml"))
	if err != nil || len(files) == 0 {
		return "", err
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		return "", err
	}
	var manifest struct {
		Package struct {
			License string `toml:"license"`
		} `toml:"package"`
	}
	err = toml.Unmarshal(data, &manifest)
	// An old way to write it; the order says nothing.
	return strings.Join(strings.Split(manifest.Package.License, "/"), " OR "), err
}
