package crates

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
)

// Root is the root of the repository, found from the directory that a program or test runs in.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("not in the repository: no go.mod here or above")
		}
		dir = up
	}
}

// Cache is where the oracles keep sources, builds and results: the directory that ORACLE_CACHE names, else .cache/oracle in
// the repository.
func Cache() (string, error) {
	if dir := os.Getenv("ORACLE_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	root, err := Root()
	return filepath.Join(root, ".cache", "oracle"), err
}

// List is the list of crates that tests work on: the file that ORACLE_LIST names, from the root of the repository, else
// quick.txt.
func List() (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	list := os.Getenv("ORACLE_LIST")
	if list == "" {
		list = filepath.Join("testdata", "oracle", "quick.txt")
	}
	if !filepath.IsAbs(list) {
		list = filepath.Join(root, list)
	}
	return list, nil
}

// Jobs is how many compilers tests run at once: as ORACLE_JOBS says, else one for each processor.
func Jobs() int {
	if n, err := strconv.Atoi(os.Getenv("ORACLE_JOBS")); err == nil && n > 0 {
		return n
	}
	return runtime.NumCPU()
}
