import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bindingOf, bindingProblem, isSameCluster } from '../../src/journal/check-binding.ts'
import type { ClusterIdentity } from '../../src/plan/observed.ts'

function cluster(more: Partial<ClusterIdentity> = {}): ClusterIdentity {
  return { context: 'k3d', server: 'https://127.0.0.1:6443', fingerprint: 'a'.repeat(64), version: 'v1.37.2', ...more }
}

test('default: a workspace that was never applied belongs to no cluster', () => {
  assert.equal(bindingProblem(undefined, cluster()), undefined)
})

test('default: the uid of kube-system decides where both know it', () => {
  const bound = bindingOf(cluster({ uid: 'u-1' }))
  const moved = cluster({ uid: 'u-1', fingerprint: 'b'.repeat(64), server: 'https://10.0.0.1' })
  assert.equal(isSameCluster(bound, moved), true)
  assert.equal(isSameCluster(bound, cluster({ uid: 'u-2' })), false)
})

test('behavior: the fingerprint decides where either does not know the uid', () => {
  const other = 'b'.repeat(64)
  assert.equal(isSameCluster(bindingOf(cluster()), cluster({ uid: 'u-1' })), true)
  assert.equal(isSameCluster(bindingOf(cluster({ uid: 'u-1' })), cluster()), true)
  assert.equal(isSameCluster(bindingOf(cluster({ uid: 'u-1' })), cluster({ fingerprint: other })), false)
})

test('behavior: the name of the context is no identity, and is not kept', () => {
  const bound = bindingOf(cluster({ uid: 'u-1' }))
  assert.equal(isSameCluster(bound, cluster({ uid: 'u-1', context: 'renamed' })), true)
  assert.deepEqual(bound, { uid: 'u-1', fingerprint: 'a'.repeat(64), server: 'https://127.0.0.1:6443' })
  assert.deepEqual(Object.keys(bindingOf(cluster())), ['fingerprint', 'server'])
})

test('error: another cluster is refused, with both named', () => {
  const problem = bindingProblem(bindingOf(cluster({ uid: 'u-1' })), cluster({ uid: 'u-2', server: 'https://other' }))
  assert.equal(problem?.code, 'OBOL-A002')
  assert.equal(problem.exitCode, 6)
  const text = problem.details.join('\n')
  for (const word of ['https://127.0.0.1:6443', 'u-1', 'https://other', 'u-2']) assert.ok(text.includes(word), word)
})
