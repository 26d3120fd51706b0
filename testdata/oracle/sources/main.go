// Command sources lists Rust files of published crates, as food for rust-tokens, rust-uses and whatever is compared with
// them: all .rs files of the crates of a list and of the packages in their lockfiles that the host builds.
//
//	go run ./testdata/oracle/sources -list testdata/oracle/crates.txt -dir DIR [-most N]
//
// DIR is where fetch unpacks the crates; what is missing is fetched. One absolute path is printed a line, ordered by
// package, version and path. With -most, N files are chosen by the hash of package, version and path, so that equal lists
// give equal choices, spread over all packages.
package main

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"reactorls/testdata/oracle/crates"
)

func main() {
	list := flag.String("list", "testdata/oracle/crates.txt", "the list of crates")
	dir := flag.String("dir", "", "where the crates are unpacked")
	most := flag.Int("most", 0, "how many files to choose; 0 for all")
	flag.Parse()
	if err := run(*list, *dir, *most); err != nil {
		fmt.Fprintln(os.Stderr, "sources:", err)
		os.Exit(1)
	}
}

func run(list, dir string, most int) error {
	if dir == "" {
		return fmt.Errorf("-dir is missing")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	entries, err := crates.Read(list)
	if err != nil {
		return err
	}
	packages, err := packages(entries, dir)
	if err != nil {
		return err
	}
	files, err := files(packages)
	if err != nil {
		return err
	}
	if most > 0 && most < len(files) {
		slices.SortFunc(files, func(a, b file) int { return slices.Compare(a.hash[:], b.hash[:]) })
		files = files[:most]
	}
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(a.key, b.key) })
	out := bufio.NewWriter(os.Stdout)
	for _, f := range files {
		fmt.Fprintln(out, f.path)
	}
	return out.Flush()
}

// packages maps the packages of the crates' graphs, as "name-version", to their directories.
func packages(entries []crates.Entry, dir string) (map[string]string, error) {
	host, _, err := crates.Host()
	if err != nil {
		return nil, err
	}
	cargo := crates.Cargo{Host: host, Target: filepath.Join(dir, ".target"), Jobs: 1, Limit: 10 * time.Minute}
	found := map[string]string{}
	for _, e := range entries {
		if found[e.Name+"-"+e.Version] == filepath.Join(dir, e.Name+"-"+e.Version) {
			continue
		}
		at, err := cargo.Fetch(dir, e)
		if err != nil {
			return nil, err
		}
		meta, err := cargo.Metadata(at, "--locked")
		if err != nil {
			return nil, err
		}
		for _, p := range meta.Packages {
			if key := p.Name + "-" + p.Version; found[key] == "" || p.ID == meta.Resolve.Root {
				found[key] = p.Dir()
			}
		}
	}
	return found, nil
}

// A file is one Rust file; its key says which, whatever directories hold it.
type file struct {
	key, path string
	hash      [sha256.Size]byte
}

func files(packages map[string]string) ([]file, error) {
	var out []file
	for name, dir := range packages {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || filepath.Ext(path) != ".rs" {
				return err
			}
			rel, err := filepath.Rel(dir, path)
			key := name + "/" + filepath.ToSlash(rel)
			out = append(out, file{key, path, sha256.Sum256([]byte(key))})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
