import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { type Exchange, runSession } from './exchange.ts'
import { SESSIONS } from './sessions/sessions.ts'

/** What kube-apiserver 1.37.2 answered to the same requests (record-exchanges.ts). */
async function recorded(name: string): Promise<readonly Exchange[]> {
  const text = await readFile(new URL(`../fixtures/status-bodies/${name}.json`, import.meta.url), 'utf8')
  const exchanges: readonly Exchange[] = JSON.parse(text)
  return exchanges
}

for (const session of SESSIONS) {
  describe(`behavior: ${session.name} answers as a real server did`, async () => {
    const expected = await recorded(session.name)
    const sandbox = await startSandbox()
    const target = { url: sandbox.url, adminToken: sandbox.token, readerToken: sandbox.readerToken }
    const actual = await runSession(target, session).finally(() => sandbox.stop())
    test('every step is recorded', () => {
      assert.deepEqual(
        actual.map(({ name }) => name),
        expected.map(({ name }) => name),
      )
    })
    for (const [index, exchange] of expected.entries()) {
      test(exchange.name, () => {
        assert.deepEqual(actual[index], exchange)
      })
    }
  })
}
