import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classifyNetworkFailure, type NetworkFailureKind } from '../../src/cluster/network-failure.ts'
import { describePermission, parseForbidden } from '../../src/cluster/permission-error.ts'
import type { Decoded } from '../../src/cluster/read-answer.ts'
import { collectionPath, objectPath, withQuery } from '../../src/cluster/resource-path.ts'
import { DEFAULT_RETRY, type RetryPolicy, retryDelay } from '../../src/cluster/retry.ts'
import { writeResult } from '../../src/cluster/write-result.ts'
import type { JsonValue } from '../../src/util/json.ts'

/** A refusal as the real server words it. */
function refusal(status: number, message: string, causes: JsonValue = []): Decoded {
  return { ok: false, status, message, object: { kind: 'Status', message, details: { causes } } }
}

const MOVED = 'Operation cannot be fulfilled on configmaps "t1": the object has been modified'

test('default: a 2xx is ok, and a 201 created', () => {
  const object = { kind: 'ConfigMap' }
  assert.deepEqual(writeResult({ ok: true, status: 201, object }), { result: 'ok', object, created: true })
  assert.deepEqual(writeResult({ ok: true, status: 200, object }), { result: 'ok', object, created: false })
})

test('behavior: the two meanings of 409 are told apart', () => {
  const causes = [{ reason: 'FieldManagerConflict', message: 'conflict with "obol"', field: '.data.a' }]
  assert.deepEqual(writeResult(refusal(409, 'Apply failed with 1 conflict', causes)), {
    result: 'conflict',
    causes: [{ field: '.data.a', message: 'conflict with "obol"' }],
  })
  assert.equal(writeResult(refusal(409, MOVED))?.result, 'changed')
})

test('behavior: a uid that moved and a failed test are changes, though the server says invalid', () => {
  const uid = [{ reason: 'FieldValueInvalid', message: 'field is immutable', field: 'metadata.uid' }]
  assert.equal(writeResult(refusal(422, 'metadata.uid: field is immutable', uid))?.result, 'changed')
  const generic = refusal(422, 'the server rejected our request due to an error in our request')
  assert.equal(writeResult(generic, true)?.result, 'changed')
  assert.equal(writeResult(generic, false)?.result, 'invalid')
})

test('behavior: 400, 422 and the 500 of a type mismatch are invalid; 404 is missing; the rest is none of these', () => {
  const causes = [{ reason: 'FieldValueInvalid', message: 'must be a string', field: 'spec.x' }]
  assert.deepEqual(writeResult(refusal(422, 'm', causes)), {
    result: 'invalid',
    message: 'm',
    causes: [{ field: 'spec.x', message: 'must be a string' }],
  })
  assert.equal(writeResult(refusal(400, 'm'))?.result, 'invalid')
  const mismatch = 'failed to create typed patch object (/t1; /v1, Kind=ConfigMap): .data.a: expected string, got 2'
  assert.equal(writeResult(refusal(500, mismatch))?.result, 'invalid')
  assert.equal(writeResult(refusal(404, ''))?.result, 'missing')
  for (const status of [401, 403, 429, 500, 503]) assert.equal(writeResult(refusal(status, 'm')), undefined)
})

test('behavior: what RBAC says is read, in a namespace, in the cluster, for a subresource and for a path', () => {
  const said = (what: string) => parseForbidden(`x is forbidden: User "system:serviceaccount:a:b" cannot ${what}`)
  const user = 'system:serviceaccount:a:b'
  assert.deepEqual(
    said('patch resource "serviceoffers/status" in API group "obol.org" in the namespace "llm": RBAC: gone'),
    {
      ...{ verb: 'patch', resource: 'serviceoffers/status', group: 'obol.org', user, namespace: 'llm' },
    },
  )
  assert.deepEqual(said('list resource "secrets" in API group "" at the cluster scope'), {
    ...{ verb: 'list', resource: 'secrets', group: '', user },
  })
  assert.deepEqual(said('get path "/openapi/v3"'), { verb: 'get', resource: '/openapi/v3', group: '', user })
  assert.equal(parseForbidden('exceeded quota'), undefined)
  assert.equal(
    describePermission({ verb: 'list', resource: 'pods', group: '', namespace: 'a' }),
    'list pods in namespace a',
  )
})

test('behavior: paths of core and other groups; names are encoded', () => {
  const offers = { apiVersion: 'obol.org/v1alpha1', plural: 'serviceoffers', namespace: 'llm' }
  assert.equal(collectionPath(offers), '/apis/obol.org/v1alpha1/namespaces/llm/serviceoffers')
  assert.equal(objectPath({ apiVersion: 'v1', plural: 'namespaces' }, 'a/../b'), '/api/v1/namespaces/a%2F..%2Fb')
  assert.equal(withQuery('/x', { a: 'b&c', d: undefined }), '/x?a=b%26c')
  assert.equal(withQuery('/x', { d: undefined }), '/x')
})

test('behavior: pauses double up to a limit, half of each is jitter, and Retry-After may be a date', () => {
  const policy: RetryPolicy = { ...DEFAULT_RETRY, attempts: 9, random: () => 0 }
  const lost = { failure: 'lost' } as const
  const pauseAfter = (attempt: number) => retryDelay(policy, lost, { attempt, repeatable: true, now: 0 })
  assert.deepEqual([1, 2, 3, 6, 8, 9].map(pauseAfter), [50, 100, 200, 1000, 1000, undefined])
  const jittered = retryDelay({ ...policy, random: () => 0.99 }, lost, { attempt: 1, repeatable: true, now: 0 }) ?? 0
  assert.ok(jittered > 99 && jittered <= 100)
  const answer = { status: 429, contentType: '', body: '', retryAfter: new Date(5_000).toUTCString() }
  assert.equal(retryDelay(policy, { answer }, { attempt: 1, repeatable: false, now: 2_000 }), 3_000)
  assert.equal(retryDelay(policy, { answer }, { attempt: 1, repeatable: false, now: 9_000 }), 0)
  const odd = { ...answer, retryAfter: 'soon' }
  assert.equal(retryDelay(policy, { answer: odd }, { attempt: 1, repeatable: false, now: 0 }), 50)
})

test('behavior: what cannot get better is not tried again', () => {
  const ask = { attempt: 1, repeatable: true, now: 0 }
  const typed = { status: 500, contentType: '', body: '… failed to create typed patch object …', retryAfter: undefined }
  assert.equal(retryDelay(DEFAULT_RETRY, { answer: typed }, ask), undefined)
  assert.equal(retryDelay(DEFAULT_RETRY, { answer: { ...typed, status: 501, body: '' } }, ask), undefined)
  for (const failure of ['refused', 'dns', 'untrusted', 'response-timeout', 'interrupted'] as const) {
    assert.equal(retryDelay(DEFAULT_RETRY, { failure }, ask), undefined)
  }
})

test('behavior: error codes of the system are sorted by what the user can do', () => {
  const expected: Readonly<Record<string, NetworkFailureKind>> = {
    ECONNREFUSED: 'refused',
    ENOTFOUND: 'dns',
    EHOSTUNREACH: 'unreachable',
    ECONNRESET: 'lost',
    CERT_HAS_EXPIRED: 'expired',
    CERT_NOT_YET_VALID: 'expired',
    ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-host',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'untrusted',
    ERR_SSL_WRONG_VERSION_NUMBER: 'tls',
    HPE_INVALID_CONSTANT: 'not-http',
    ERR_BUFFER_TOO_LARGE: 'too-large',
    Z_DATA_ERROR: 'lost',
  }
  const errorOf = (code: string) => Object.assign(new Error('x'), { code })
  for (const [code, kind] of Object.entries(expected))
    assert.equal(classifyNetworkFailure(errorOf(code)).kind, kind, code)
  const both = new AggregateError([errorOf('ECONNREFUSED'), errorOf('ECONNREFUSED')])
  assert.equal(classifyNetworkFailure(both).kind, 'refused')
})
