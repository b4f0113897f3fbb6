import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export type KeyPair = { readonly cert: string; readonly key: string }

export type Subject = { readonly commonName: string; readonly organization?: string }

/** A throw-away certificate authority; PEM in and out, P-256 keys, valid for a year. */
export type Authority = {
  readonly cert: string
  /** A serving certificate for 127.0.0.1 and localhost. */
  issueServer(): KeyPair
  /** A client certificate; Kubernetes reads the common name as the user and the organization as the group. */
  issueClient(subject: Subject): KeyPair
}

/** Makes an authority with a new key. X.509 v3 (RFC 5280) written as DER here, so that tests need no openssl. */
export function createAuthority(commonName: string): Authority {
  const issuer: Subject = { commonName }
  const keys = newKeys()
  const issue = (subject: Subject, publicKey: KeyObject, extensions: readonly Buffer[]) =>
    pem(certificate({ issuer, subject, publicKey, signer: keys.privateKey, extensions }))
  const issuePair = (subject: Subject, extensions: readonly Buffer[]): KeyPair => {
    const own = newKeys()
    const key = own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    return { cert: issue(subject, own.publicKey, extensions), key }
  }
  return {
    cert: issue(issuer, keys.publicKey, [
      extension(OID.basicConstraints, true, sequence(TRUE)),
      extension(OID.keyUsage, true, Buffer.from([0x03, 0x02, 0x02, 0x04])), // keyCertSign
    ]),
    issueServer: () => issuePair({ commonName: 'localhost' }, [...leaf(OID.serverAuth), loopbackNames()]),
    issueClient: (subject) => issuePair(subject, leaf(OID.clientAuth)),
  }
}

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const

const TRUE = Buffer.from([0x01, 0x01, 0xff])
const DAY_MS = 86_400_000

type Certificate = {
  readonly issuer: Subject
  readonly subject: Subject
  readonly publicKey: KeyObject
  readonly signer: KeyObject
  readonly extensions: readonly Buffer[]
}

function certificate({ issuer, subject, publicKey, signer, extensions }: Certificate): Buffer {
  const algorithm = sequence(oid(OID.ecdsaWithSha256))
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1]), randomBytes(15)),
    algorithm,
    name(issuer),
    sequence(time(Date.now() - DAY_MS), time(Date.now() + 365 * DAY_MS)),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  return sequence(body, algorithm, bitString(sign('sha256', body, signer)))
}

function newKeys(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function leaf(usage: string): readonly Buffer[] {
  return [
    extension(OID.keyUsage, true, Buffer.from([0x03, 0x02, 0x07, 0x80])), // digitalSignature
    extension(OID.extKeyUsage, false, sequence(oid(usage))),
  ]
}

function loopbackNames(): Buffer {
  const names = [der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1]))]
  return extension(OID.subjectAltName, false, sequence(...names))
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [TRUE] : []), der(0x04, value))
}

function name({ commonName, organization }: Subject): Buffer {
  const part = (id: string, text: string) => der(0x31, sequence(oid(id), der(0x0c, Buffer.from(text))))
  const group = organization === undefined ? [] : [part(OID.organization, organization)]
  return sequence(...group, part(OID.commonName, commonName))
}

/** GeneralizedTime is for 2050 and later only (RFC 5280, 4.1.2.5). */
function time(at: number): Buffer {
  const digits = `${new Date(at).toISOString().replace(/\D/g, '').slice(0, 14)}Z`
  return Number(digits.slice(0, 4)) < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f]
  for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

function bitString(bits: Buffer): Buffer {
  return der(0x03, Buffer.from([0]), bits)
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts)
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const size = content.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

function pem(body: Buffer): string {
  const lines = body.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
