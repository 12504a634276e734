package s3store_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"saebaan/internal/media"
	"saebaan/internal/media/s3store"
	"saebaan/internal/testkit"
)

func store(t *testing.T, server *testkit.S3, browser string) *s3store.Store {
	t.Helper()
	s, err := s3store.New(s3store.Config{Bucket: testkit.S3Bucket, Endpoint: server.URL, Browser: browser, Key: testkit.S3Key, Secret: testkit.S3Secret})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t *testing.T, r io.ReadCloser, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestBucketKeepsAndForgets(t *testing.T) {
	server := testkit.StartS3(t)
	s, ctx := store(t, server, ""), context.Background()
	var names []string
	for _, digits := range []string{"ff", "00", "a1", "a0"} {
		names = append(names, strings.Repeat(digits, 32)+"-240.jpg", strings.Repeat(digits, 32)+"-240.webp")
	}
	for _, n := range names {
		if err := errors.Join(s.Put(ctx, n, []byte("before")), s.Put(ctx, n, []byte(n))); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(names)
	var got []string
	for after := ""; ; after = got[len(got)-1] {
		some, err := s.List(ctx, after, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(some) == 0 {
			break
		}
		got = append(got, some...)
	}
	if !slices.Equal(got, names) {
		t.Errorf("List: %v", got)
	}
	if err := errors.Join(s.Delete(ctx, names[0]), s.Delete(ctx, names[0])); err != nil {
		t.Error(err)
	}
	if _, err := s.Open(ctx, names[0]); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	r, err := s.Open(ctx, names[1])
	if got := read(t, r, err); got != names[1] {
		t.Errorf("kept %q", got)
	}
	for _, name := range []string{"", "../x", names[1] + "/..", "staging/1"} {
		_, err := s.Open(ctx, name)
		if !errors.Is(err, media.ErrName) || !errors.Is(s.Put(ctx, name, nil), media.ErrName) || !errors.Is(s.Delete(ctx, name), media.ErrName) {
			t.Errorf("%q was not refused: %v", name, err)
		}
	}
	if address, err := s.Offer(ctx, "1/2", 5); address != "" || err != nil {
		t.Errorf("browsers may send though they were given no address: %q, %v", address, err)
	}
}

// put does as a browser does: it PUTs to the address it was given.
func put(t *testing.T, address, content string) int {
	t.Helper()
	r, err := http.NewRequest(http.MethodPut, address, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = a.Body.Close()
	return a.StatusCode
}

func TestBrowserSendsToStaging(t *testing.T) {
	server := testkit.StartS3(t)
	s, ctx := store(t, server, server.URL), context.Background()
	if _, err := s.Staged(ctx, "usr_1/7"); !errors.Is(err, media.ErrNotStaged) {
		t.Errorf("nothing was sent: %v", err)
	}
	address, err := s.Offer(ctx, "usr_1/7", 5)
	if err != nil {
		t.Fatal(err)
	}
	if code := put(t, address, "longer than it said"); code < 400 {
		t.Errorf("a file of another size was taken: %d", code)
	}
	if code := put(t, strings.Replace(address, "usr_1/7", "usr_1/8", 1), "12345"); code < 400 {
		t.Errorf("another name was taken: %d", code)
	}
	if a, err := http.Get(address); err != nil || a.StatusCode < 400 {
		t.Errorf("the address also reads: %v, %v", a, err)
	}
	if code := put(t, address, "12345"); code != http.StatusOK {
		t.Fatalf("PUT: %d", code)
	}
	r, err := s.Staged(ctx, "usr_1/7")
	if got := read(t, r, err); got != "12345" {
		t.Errorf("staged %q", got)
	}
	if names, err := s.List(ctx, "", 10); err != nil || len(names) != 0 {
		t.Errorf("staged files are listed as photos: %v, %v", names, err)
	}
	if n, err := s.SweepStaged(ctx, time.Hour); n != 0 || err != nil {
		t.Errorf("a fresh file was swept: %d, %v", n, err)
	}
	if n, err := s.SweepStaged(ctx, -time.Minute); n != 1 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	if _, err := s.Staged(ctx, "usr_1/7"); !errors.Is(err, media.ErrNotStaged) {
		t.Errorf("after the sweep: %v", err)
	}
}

func TestBucketIsNotPublic(t *testing.T) {
	server := testkit.StartS3(t)
	s, name := store(t, server, ""), strings.Repeat("0a", 32)+"-480.webp"
	if err := s.Put(context.Background(), name, []byte("x")); err != nil {
		t.Fatal(err)
	}
	a, err := http.Get(server.URL + "/" + testkit.S3Bucket + "/photos/" + name)
	if err != nil || a.StatusCode != http.StatusForbidden {
		t.Errorf("a bucket that is not public answers %v, %v", a, err)
	}
}

// With the server away every call fails in time and says so; when it is back,
// all goes on.
func TestServerAway(t *testing.T) {
	server := testkit.StartS3(t)
	s, ctx, name := store(t, server, server.URL), context.Background(), strings.Repeat("0a", 32)+"-480.jpg"
	if err := s.Put(ctx, name, []byte("x")); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	began := time.Now()
	_, opened := s.Open(ctx, name)
	_, listed := s.List(ctx, "", 10)
	_, staged := s.Staged(ctx, "1/1")
	for what, err := range map[string]error{"Put": s.Put(ctx, name, []byte("y")), "Open": opened, "List": listed, "Staged": staged, "Delete": s.Delete(ctx, name)} {
		if !errors.Is(err, media.ErrKeep) || bytes.Contains([]byte(err.Error()), []byte(testkit.S3Secret)) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("five calls took %v", took)
	}
	server.Start()
	r, err := s.Open(ctx, name)
	if got := read(t, r, err); got != "x" {
		t.Errorf("after it came back: %q", got)
	}
}

func TestAddressOfNoServer(t *testing.T) {
	for _, address := range []string{"s3", "ftp://s3", "http://", ":"} {
		if _, err := s3store.New(s3store.Config{Bucket: "b", Endpoint: address}); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
}
