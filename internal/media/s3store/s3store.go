package s3store

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"saebaan/internal/media"
)

// Config is where the bucket is.
type Config struct {
	Bucket   string
	Region   string // "" is us-east-1
	Endpoint string // of a server other than Amazon's, addressed by path; "" is Amazon's
	Browser  string // the same server as browsers reach it, when they may send to it; "" when not
	Key      string // id of the access key
	Secret   string
}

// Store is the media.Store in a bucket.
type Store struct {
	bucket  string
	client  *s3.Client
	presign *s3.PresignClient // nil when browsers do not send here
}

var (
	_ media.Store   = (*Store)(nil)
	_ media.Staging = (*Store)(nil)
)

const (
	photos      = "photos/"
	staging     = "staging/"
	offered     = 15 * time.Minute
	callTimeout = 10 * time.Second
	tries       = 3
	longestWait = 500 * time.Millisecond // between two tries
)

// New makes the store. It asks nothing of the server, so the program starts
// without it.
func New(c Config) (*Store, error) {
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	for _, address := range []string{c.Endpoint, c.Browser} {
		if u, err := url.Parse(address); err != nil || address != "" && (u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			return nil, errors.New("not the address of a server: " + address)
		}
	}
	s := &Store{bucket: c.Bucket, client: c.client(c.Endpoint)}
	if c.Browser != "" {
		s.presign = s3.NewPresignClient(c.client(c.Browser), s3.WithPresignExpires(offered))
	}
	return s, nil
}

func (c Config) client(endpoint string) *s3.Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 2 * time.Second}).DialContext,
		TLSHandshakeTimeout: 3 * time.Second, ResponseHeaderTimeout: 5 * time.Second, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute}
	key := aws.Credentials{AccessKeyID: c.Key, SecretAccessKey: c.Secret}
	return s3.New(s3.Options{Region: c.Region, HTTPClient: &http.Client{Transport: transport, Timeout: callTimeout},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return key, nil }),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.MaxBackoff = tries, longestWait
		}),
		// Servers other than Amazon's do not all know the newer checksums.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	}, func(o *s3.Options) {
		if endpoint != "" {
			o.BaseEndpoint, o.UsePathStyle = aws.String(endpoint), true
		}
	})
}

// Put sends a photo with the headers it is shown with, should the bucket be
// public.
func (s *Store) Put(ctx context.Context, name string, content []byte) error {
	if !media.ValidName(name) {
		return media.ErrName
	}
	_, err := s.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &s.bucket, Key: aws.String(photos + name), Body: bytes.NewReader(content),
		ContentLength: aws.Int64(int64(len(content))), ContentType: aws.String(media.TypeOf(name)),
		CacheControl: aws.String("public, max-age=31536000, immutable")})
	return away(err)
}

// Open reads a photo.
func (s *Store) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	if !media.ValidName(name) {
		return nil, media.ErrName
	}
	return s.open(ctx, photos+name, media.ErrNotFound)
}

func (s *Store) open(ctx context.Context, key string, missing error) (io.ReadCloser, error) {
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.bucket, Key: &key})
	var none *types.NoSuchKey
	if errors.As(err, &none) {
		return nil, missing
	}
	if err != nil {
		return nil, away(err)
	}
	return out.Body, nil
}

// Delete removes a photo.
func (s *Store) Delete(ctx context.Context, name string) error {
	if !media.ValidName(name) {
		return media.ErrName
	}
	_, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &s.bucket, Key: aws.String(photos + name)})
	return away(err)
}

// mostListed is what a server lists at once.
const mostListed = 1000

// List gives names in their order.
func (s *Store) List(ctx context.Context, after string, limit int) ([]string, error) {
	out := []string{}
	for len(out) < limit {
		page, err := s.list(ctx, photos, photos+after, min(limit-len(out), mostListed))
		if err != nil {
			return nil, err
		}
		for _, o := range page.Contents {
			after = strings.TrimPrefix(aws.ToString(o.Key), photos)
			if media.ValidName(after) {
				out = append(out, after)
			}
		}
		if !aws.ToBool(page.IsTruncated) || len(page.Contents) == 0 {
			break
		}
	}
	return out, nil
}

func (s *Store) list(ctx context.Context, prefix, after string, limit int) (*s3.ListObjectsV2Output, error) {
	page, err := s.client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: &prefix, StartAfter: &after, MaxKeys: aws.Int32(int32(limit))})
	return page, away(err)
}

// Offer signs an address for one file; its length is part of the signature.
func (s *Store) Offer(ctx context.Context, name string, size int64) (string, error) {
	if s.presign == nil {
		return "", nil
	}
	r, err := s.presign.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: &s.bucket, Key: aws.String(staging + name), ContentLength: &size})
	if err != nil {
		return "", away(err)
	}
	return r.URL, nil
}

// Staged reads what a browser sent.
func (s *Store) Staged(ctx context.Context, name string) (io.ReadCloser, error) {
	return s.open(ctx, staging+name, media.ErrNotStaged)
}

// SweepStaged removes what browsers sent longer ago, by the server's clock.
func (s *Store) SweepStaged(ctx context.Context, age time.Duration) (int, error) {
	removed, after := 0, staging
	for {
		page, err := s.list(ctx, staging, after, mostListed)
		if err != nil {
			return removed, err
		}
		for _, o := range page.Contents {
			after = aws.ToString(o.Key)
			if time.Since(aws.ToTime(o.LastModified)) < age {
				continue
			}
			if _, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &s.bucket, Key: o.Key}); err != nil {
				return removed, away(err)
			}
			removed++
		}
		if !aws.ToBool(page.IsTruncated) || len(page.Contents) == 0 {
			return removed, nil
		}
	}
}

// away is the fault of a server that does not do what was asked of it.
func away(err error) error {
	if err == nil {
		return nil
	}
	return media.ErrKeep.Because(err)
}
