import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { createSecureContext } from 'node:tls'
import { selfSignedCertificate } from '../../../src/sandbox/tls/self-signed-certificate.ts'

const NOT_BEFORE = new Date('2026-11-01T00:00:00Z')
const NOT_AFTER = new Date('2027-11-01T00:00:00Z')

function issue(): { readonly certificate: X509Certificate; readonly certPem: string; readonly keyPem: string } {
  const names = ['localhost', '127.0.0.1']
  const issued = selfSignedCertificate({ commonName: 'sandbox', names, notBefore: NOT_BEFORE, notAfter: NOT_AFTER })
  return { ...issued, certificate: new X509Certificate(issued.certPem) }
}

test('default', () => {
  const { certificate, certPem, keyPem } = issue()
  assert.equal(certificate.subject, 'CN=sandbox')
  assert.equal(certificate.issuer, 'CN=sandbox')
  assert.equal(certificate.subjectAltName, 'DNS:localhost, IP Address:127.0.0.1')
  assert.equal(new Date(certificate.validFrom).toISOString(), NOT_BEFORE.toISOString())
  assert.equal(new Date(certificate.validTo).toISOString(), NOT_AFTER.toISOString())
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1'])
  createSecureContext({ cert: certPem, key: keyPem, ca: certPem })
})

test('behavior: it is its own authority, for its own names only', () => {
  const { certificate } = issue()
  assert.equal(certificate.ca, true)
  assert.equal(certificate.verify(certificate.publicKey), true)
  assert.equal(certificate.checkIssued(certificate), true)
  assert.equal(certificate.checkHost('localhost'), 'localhost')
  assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1')
  assert.equal(certificate.checkHost('example.org'), undefined)
  assert.equal(certificate.checkIP('127.0.0.2'), undefined)
})

test('behavior: every certificate has a key and a serial number of its own', () => {
  const [first, second] = [issue(), issue()]
  assert.notEqual(first.certificate.serialNumber, second.certificate.serialNumber)
  assert.notEqual(first.certificate.fingerprint256, second.certificate.fingerprint256)
  assert.equal(first.certificate.verify(second.certificate.publicKey), false)
})
