import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'
import {
  bitString,
  boolean,
  contextTag,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOfOne,
  utcTime,
  utf8String,
} from './der.ts'

/** A certificate and its private key, both PEM. The certificate is its own authority. */
export type ServingCertificate = { readonly certPem: string; readonly keyPem: string }

export type CertificateOptions = {
  readonly commonName: string
  /** DNS names and IPv4 addresses the certificate is good for. */
  readonly names: readonly string[]
  readonly notBefore: Date
  readonly notAfter: Date
}

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
const COMMON_NAME = '2.5.4.3'
const SUBJECT_KEY_ID = '2.5.29.14'
const KEY_USAGE = '2.5.29.15'
const SUBJECT_ALT_NAME = '2.5.29.17'
const BASIC_CONSTRAINTS = '2.5.29.19'
const EXTENDED_KEY_USAGE = '2.5.29.37'
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'

/**
 * Issues a self-signed P-256 certificate for a TLS server on loopback. Node has no certificate builder, so the DER is
 * written here. Source: RFC 5280 §4.1 and §4.2, RFC 5480, RFC 5758.
 * SIDE EFFECTS: takes random bytes.
 */
export function selfSignedCertificate(options: CertificateOptions): ServingCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const algorithm = sequence(objectIdentifier(ECDSA_WITH_SHA256))
  const name = sequence(setOfOne(sequence(objectIdentifier(COMMON_NAME), utf8String(options.commonName))))
  const version3 = contextTag(0, integer(Buffer.of(2)), true)
  // The top bit is cleared: a serial number is positive and at most 20 octets.
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const body = sequence(
    version3,
    integer(serial),
    algorithm,
    name,
    sequence(utcTime(options.notBefore), utcTime(options.notAfter)),
    name,
    spki,
    contextTag(3, extensions(options.names, spki), true),
  )
  const signature = sign('sha256', body, { key: privateKey, dsaEncoding: 'der' })
  return {
    certPem: pem('CERTIFICATE', sequence(body, algorithm, bitString(signature))),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function extensions(names: readonly string[], spki: Uint8Array): Buffer {
  const keyId = createHash('sha1').update(spki).digest()
  const altNames = names.map((name) =>
    isIPv4(name)
      ? contextTag(7, Buffer.from(name.split('.').map(Number)), false)
      : contextTag(2, Buffer.from(name, 'ascii'), false),
  )
  return sequence(
    extension(BASIC_CONSTRAINTS, true, sequence(boolean(true))),
    // digitalSignature and keyCertSign: bits 0 and 5 of six.
    extension(KEY_USAGE, true, bitString(Buffer.of(0b1000_0100), 2)),
    extension(EXTENDED_KEY_USAGE, false, sequence(objectIdentifier(SERVER_AUTH))),
    extension(SUBJECT_KEY_ID, false, octetString(keyId)),
    extension(SUBJECT_ALT_NAME, false, sequence(...altNames)),
  )
}

function extension(id: string, critical: boolean, value: Uint8Array): Buffer {
  const parts = critical ? [objectIdentifier(id), boolean(true)] : [objectIdentifier(id)]
  return sequence(...parts, octetString(value))
}

function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
