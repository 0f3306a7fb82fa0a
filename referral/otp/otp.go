// Package otp makes and recognises the codes of an authenticator app, and draws
// the picture that such an app reads. It is the only importer of the library
// for them; which codes were used before is not known here.
package otp

import (
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"io"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"rapport/models"
)

var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// secretBytes is what RFC 4226 recommends for HMAC-SHA-1.
const secretBytes = 20

// Draw draws a secret from random and returns it in base32 with the URI that
// names it to an app.
func Draw(random io.Reader, account string) (secret, uri string, err error) {
	k, err := totp.Generate(totp.GenerateOpts{Issuer: "Rapport", AccountName: account, SecretSize: secretBytes, Rand: random})
	if err != nil {
		return "", "", fmt.Errorf("one-time secret: %w", err)
	}
	return k.Secret(), k.URL(), nil
}

// URI names a secret that was drawn before to an app.
func URI(secret, account string) (string, error) {
	b, err := decode(secret)
	if err != nil {
		return "", err
	}
	k, err := totp.Generate(totp.GenerateOpts{Issuer: "Rapport", AccountName: account, Secret: b})
	if err != nil {
		return "", fmt.Errorf("one-time secret: %w", err)
	}
	return k.URL(), nil
}

// Code is the code of a step.
func Code(secret string, step int64) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
}

// Match finds the step that a code belongs to: the present one, or a neighbour
// that is later than last. Codes of a step that was used before match nothing.
func Match(secret, code string, now, last int64) (step int64, ok bool) {
	for _, s := range []int64{now, now - models.OTPSkew, now + models.OTPSkew} {
		want, err := Code(secret, s)
		if err == nil && s > last && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return s, true
		}
	}
	return 0, false
}

// Picture is the QR code of a URI: rows of dark and light, with the white edge
// that readers need.
func Picture(uri string) ([][]bool, error) {
	const edge = 4
	code, err := qr.Encode(uri, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("QR code: %w", err)
	}
	b := code.Bounds()
	out := make([][]bool, b.Dy()+2*edge)
	for y := range out {
		out[y] = make([]bool, b.Dx()+2*edge)
	}
	for y := range b.Dy() {
		for x := range b.Dx() {
			r, _, _, _ := code.At(b.Min.X+x, b.Min.Y+y).RGBA()
			out[y+edge][x+edge] = r == 0
		}
	}
	return out, nil
}

// decode reads what Draw wrote.
func decode(secret string) ([]byte, error) {
	b, err := encoding.DecodeString(secret)
	if err != nil {
		return nil, fmt.Errorf("one-time secret: %w", err)
	}
	return b, nil
}
