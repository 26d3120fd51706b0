// Command fetch unpacks the crates of a list as packages that stand alone, each with a lockfile:
//
//	go run ./testdata/oracle/fetch -list testdata/oracle/crates.txt -dir DIR
//
// One line is printed for each crate: "ok DIR" or "failed NAME VERSION: REASON". The program fails if a crate failed.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"reactorls/testdata/oracle/crates"
)

func main() {
	list := flag.String("list", "testdata/oracle/crates.txt", "the list of crates")
	dir := flag.String("dir", "", "where to unpack them")
	flag.Parse()
	if err := run(*list, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "fetch:", err)
		os.Exit(1)
	}
}

func run(list, dir string) error {
	if dir == "" {
		return fmt.Errorf("-dir is missing")
	}
	entries, err := crates.Read(list)
	if err != nil {
		return err
	}
	host, _, err := crates.Host()
	if err != nil {
		return err
	}
	cargo := crates.Cargo{Host: host, Target: filepath.Join(dir, ".target"), Jobs: 1, Limit: 10 * time.Minute}
	failed := 0
	done := map[string]bool{}
	for _, e := range entries {
		if done[e.Name+e.Version] {
			continue
		}
		done[e.Name+e.Version] = true
		at, err := cargo.Fetch(dir, e)
		if err != nil {
			failed++
			fmt.Printf("failed %s %s: %v\n", e.Name, e.Version, err)
			continue
		}
		fmt.Println("ok", at)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d crates failed", failed, len(done))
	}
	return nil
}
