#!/bin/sh
# Opens an envelope of the form "jwe" with a shell and OpenSSL 3 alone:
#
#   open_jwe.sh ENVELOPE secret.pem gateway.pem > list
#
# secret.pem: your private key (X25519 or P-256); gateway.pem: the gateway's Ed25519 signature key.
# openssl decrypts AES-GCM only as the counter mode it is made of, without its tag. What proves that nothing was changed is
# therefore the signature inside, over the whole content and your key's fingerprint; nothing is written before both are checked,
# and only the inner, signed header is believed. The form "envelope" needs HPKE (and ML-KEM), which a shell has not: use
# open_envelope.py for it.
set -eu
umask 077
[ $# = 3 ] || { echo "usage: open_jwe.sh ENVELOPE secret.pem gateway.pem > list" >&2; exit 2; }
stop() { echo "not opened: $*" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

unbase64() { # base64url without padding, from a file
    { tr -d '\n' <"$1" | tr '_-' '/+'; case $(($(tr -d '\n' <"$1" | wc -c) % 4)) in 2) printf '==' ;; 3) printf '=' ;; esac; } | openssl base64 -d -A
}
hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }
field() { sed -n 's/.*"'"$2"'":"\([^"]*\)".*/\1/p' "$1" | head -n 1; }
fingerprint() { openssl pkey -in "$1" -pubout -outform DER 2>/dev/null | openssl dgst -sha256 | sed 's/.*= *//'; }

# the five parts of the JWE, and its header
tr -d '\r\n' <"$1" >"$work/jwe"
[ "$(tr -cd . <"$work/jwe" | wc -c)" -eq 4 ] || stop "this is not an envelope of the form jwe"
n=0
for part in head wrapped nonce text tag; do
    n=$((n + 1))
    cut -d. -f$n "$work/jwe" >"$work/$part.b64"
    unbase64 "$work/$part.b64" >"$work/$part" || stop "it is not whole"
done
mine=$(fingerprint "$2")
[ "$(field "$work/head" alg)/$(field "$work/head" enc)" = "ECDH-ES+A256KW/A256GCM" ] || stop "it is sealed in another way"
[ "$(field "$work/head" kid)" = "$mine" ] || stop "it is sealed for another key"

# the sender's half of the key agreement as a public key file, and the shared secret
printf '%s' "$(field "$work/head" x)" >"$work/x.b64"; unbase64 "$work/x.b64" >"$work/x"
if [ "$(field "$work/head" crv)" = "P-256" ]; then
    printf '%s' "$(field "$work/head" y)" >"$work/y.b64"; unbase64 "$work/y.b64" >"$work/y"
    { # SubjectPublicKeyInfo of an uncompressed point (RFC 5480)
        printf '\060\131\060\023\006\007\052\206\110\316\075\002\001\006\010\052\206\110\316\075\003\001\007\003\102\000\004'
        cat "$work/x" "$work/y"
    } >"$work/peer.der"
else
    { printf '\060\052\060\005\006\003\053\145\156\003\041\000'; cat "$work/x"; } >"$work/peer.der" # RFC 8410
fi
openssl pkey -pubin -inform DER -in "$work/peer.der" -out "$work/peer.pem" 2>/dev/null || stop "it is not whole"
openssl pkeyutl -derive -inkey "$2" -peerkey "$work/peer.pem" -out "$work/shared" 2>/dev/null || stop "the key does not fit"

# Concat KDF, RFC 7518 section 4.6.2: one round, the algorithm's name, no apu, no apv, 256 bits
{
    printf '\000\000\000\001'
    cat "$work/shared"
    printf '\000\000\000\016ECDH-ES+A256KW\000\000\000\000\000\000\000\000\000\000\001\000'
} >"$work/kdf"
wrapping=$(openssl dgst -sha256 "$work/kdf" | sed 's/.*= *//')
openssl enc -d -id-aes256-wrap -K "$wrapping" -iv a6a6a6a6a6a6a6a6 -in "$work/wrapped" -out "$work/key" 2>/dev/null ||
    stop "it was changed, or sealed for another key"
openssl enc -d -aes-256-ctr -K "$(hex "$work/key")" -iv "$(hex "$work/nonce")00000002" -in "$work/text" -out "$work/jws"

# the JWS inside: signature first, then for whom it was meant
[ "$(tr -cd . <"$work/jws" | wc -c)" -eq 2 ] || stop "it was changed"
cut -d. -f1 "$work/jws" | tr -d '\n' >"$work/inner.b64"
cut -d. -f2 "$work/jws" | tr -d '\n' >"$work/payload.b64"
cut -d. -f3 "$work/jws" | tr -d '\n' >"$work/signature.b64"
{ cat "$work/inner.b64"; printf .; cat "$work/payload.b64"; } >"$work/signed"
unbase64 "$work/signature.b64" >"$work/signature" || stop "it was changed"
openssl pkeyutl -verify -rawin -pubin -inkey "$3" -in "$work/signed" -sigfile "$work/signature" >/dev/null 2>&1 ||
    stop "it was changed, or it is not from this gateway"
unbase64 "$work/inner.b64" >"$work/inner"
[ "$(field "$work/inner" to)" = "$mine" ] || stop "it was meant for another"
cat "$work/inner" >&2
echo >&2
unbase64 "$work/payload.b64"
