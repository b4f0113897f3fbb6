import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { suite, test } from 'node:test'
import { createAuthority } from '../../tools/control-plane/create-authority.ts'

suite('createAuthority', () => {
  test('default: a serving certificate for loopback, signed by the authority', () => {
    const authority = createAuthority('ca')
    const ca = new X509Certificate(authority.cert)
    const { cert, key } = authority.issueServer()
    const server = new X509Certificate(cert)
    assert.equal(ca.ca, true)
    assert.equal(server.ca, false)
    assert.ok(server.checkIssued(ca))
    assert.ok(server.verify(ca.publicKey))
    assert.ok(server.checkPrivateKey(createPrivateKey(key)))
    assert.equal(server.checkIP('127.0.0.1'), '127.0.0.1')
    assert.equal(server.checkHost('localhost'), 'localhost')
    assert.ok(server.validFromDate.getTime() < Date.now() && Date.now() < server.validToDate.getTime())
  })

  test('behavior: a client certificate names its user and group', () => {
    const authority = createAuthority('ca')
    const client = new X509Certificate(
      authority.issueClient({ commonName: 'ann', organization: 'system:masters' }).cert,
    )
    assert.equal(client.subject, 'O=system:masters\nCN=ann')
    assert.deepEqual(client.keyUsage, ['1.3.6.1.5.5.7.3.2'])
  })

  test('behavior: authorities of the same name do not vouch for each other', () => {
    const [one, other] = [createAuthority('ca'), createAuthority('ca')]
    const server = new X509Certificate(one.issueServer().cert)
    assert.equal(server.verify(new X509Certificate(other.cert).publicKey), false)
  })
})
