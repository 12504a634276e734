package web

import (
	"bytes"
	"compress/gzip"
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Cache keeps encoded answers of public catalogue pages by address. An answer
// about certain products goes when one of them changes; an answer about lists
// goes at any change. Answers to a signed-in person are never kept.
type Cache struct {
	epoch atomic.Int64
	mu    sync.Mutex
	byKey map[string]*list.Element
	order *list.List // front: used last
	bytes int
	limit int
	lists time.Duration              // for how long a list is kept; 0 is until something changes
	about map[string]map[string]bool // product → keys; "" → lists
}

type kept struct {
	key         string
	body        []byte
	zipped      []byte // nil when it would not be worth it
	contentType string
	etag        string
	about       []string
	until       time.Time // zero is until something changes
}

// size is what a kept page counts against the limit.
func (k *kept) size() int { return len(k.body) + len(k.zipped) + len(k.key) }

// zipFrom is the least body that is worth compressing.
const zipFrom = 1400

func zip(body []byte) []byte {
	if len(body) < zipFrom {
		return nil
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(body) // a buffer never fails
	_ = w.Close()
	return b.Bytes()
}

// Page is an answer to keep: what it is and which products it shows; none means
// a list, which any change outdates.
type Page struct {
	Body        []byte
	ContentType string
	About       []string
}

// NewCache makes a cache that holds at most limit bytes of bodies.
func NewCache(limit int) *Cache {
	return &Cache{byKey: map[string]*list.Element{}, order: list.New(), limit: limit, about: map[string]map[string]bool{}}
}

// ListsLast lets lists be kept for no longer than that, for when they are made from
// an index that another process writes: it may follow a change after Changed.
func (c *Cache) ListsLast(d time.Duration) { c.lists = d }

// Changed outdates what shows the products, and every list.
func (c *Cache) Changed(products []string) {
	c.epoch.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range append([]string{""}, products...) {
		for key := range c.about[p] {
			if e := c.byKey[key]; e != nil {
				c.remove(e)
			}
		}
	}
}

func (c *Cache) remove(e *list.Element) {
	k := e.Value.(*kept)
	c.order.Remove(e)
	delete(c.byKey, k.key)
	c.bytes -= k.size()
	for _, p := range k.about {
		delete(c.about[p], k.key)
		if len(c.about[p]) == 0 {
			delete(c.about, p)
		}
	}
}

func (c *Cache) get(key string) *kept {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.byKey[key]
	if e == nil {
		return nil
	}
	k := e.Value.(*kept)
	if !k.until.IsZero() && time.Now().After(k.until) {
		c.remove(e)
		return nil
	}
	c.order.MoveToFront(e)
	return k
}

// put keeps a page unless something changed since epoch was read.
func (c *Cache) put(key string, p Page, epoch int64) *kept {
	sum := sha256.Sum256(p.Body)
	k := &kept{key: key, body: p.Body, zipped: zip(p.Body), contentType: p.ContentType, etag: hex.EncodeToString(sum[:12]), about: p.About}
	if len(k.about) == 0 {
		k.about = []string{""}
	}
	if c.lists > 0 && slices.Contains(k.about, "") {
		k.until = time.Now().Add(c.lists)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch.Load() != epoch || len(p.Body) > c.limit/8 {
		return k
	}
	if old := c.byKey[key]; old != nil {
		c.remove(old)
	}
	c.byKey[key] = c.order.PushFront(k)
	c.bytes += k.size()
	for _, p := range k.about {
		if c.about[p] == nil {
			c.about[p] = map[string]bool{}
		}
		c.about[p][key] = true
	}
	for c.bytes > c.limit {
		c.remove(c.order.Back())
	}
	return k
}

// Serve answers from the cache, or with what make gives, which it then keeps. It
// sets the ETag and answers 304 to one that is still good. Key must hold all
// that the page depends on beside the products.
func (c *Cache) Serve(ctx *fiber.Ctx, key string, make func() (Page, error)) error {
	k := c.get(key)
	if k == nil {
		epoch := c.epoch.Load()
		p, err := make()
		if err != nil {
			return err
		}
		k = c.put(key, p, epoch)
	}
	body, etag := k.body, `"`+k.etag+`"`
	if k.zipped != nil && strings.Contains(ctx.Get(fiber.HeaderAcceptEncoding), "gzip") {
		body, etag = k.zipped, `"`+k.etag+`-gzip"`
		ctx.Set(fiber.HeaderContentEncoding, "gzip")
	}
	ctx.Set(fiber.HeaderETag, etag)
	ctx.Set(fiber.HeaderCacheControl, "public, max-age=0, must-revalidate")
	ctx.Set(fiber.HeaderVary, "Authorization, Cookie, Accept-Encoding, Accept-Language")
	if matches(ctx.Get(fiber.HeaderIfNoneMatch), etag) {
		return ctx.SendStatus(fiber.StatusNotModified)
	}
	ctx.Set(fiber.HeaderContentType, k.contentType)
	return ctx.Send(body)
}

func matches(header, etag string) bool {
	for _, one := range strings.Split(header, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == etag || one == "*" {
			return true
		}
	}
	return false
}
