import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { startSandbox } from '../../src/sandbox/start-sandbox.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { isJsonObject } from '../../src/util/json.ts'
import { forEachRealServer, realServers } from '../support/control-plane.ts'
import { type Exchange, runSession, type Session, send, type Target } from './exchange.ts'
import { SESSIONS } from './sessions/sessions.ts'
import { WIDGET_SETUP } from './sessions/widget-steps.ts'

/** The sessions and what they are compared with were recorded from kube-apiserver 1.37; UPDATE_GOLDEN=1 does it anew. */
const NEWEST = realServers().filter(({ version }) => version === 'newest')
const OPENAPI = '/openapi/v3/apis/test.example.org/v1alpha1'
const KINDS = ['org.example.test.v1alpha1.Widget', 'org.example.test.v1alpha1.WidgetList']

function fixture(name: string): URL {
  return new URL(`../fixtures/status-bodies/${name}.json`, import.meta.url)
}

async function recorded(session: Session): Promise<readonly Exchange[]> {
  const exchanges: readonly Exchange[] = JSON.parse(await readFile(fixture(session.name), 'utf8'))
  assert.ok(exchanges.length > 0)
  return exchanges
}

/** The kinds of a CRD's OpenAPI document, with the names of all its components. */
async function customOpenApi(target: Target): Promise<JsonObject> {
  for (const step of WIDGET_SETUP) await runSession(target, { name: 'setup', steps: [step] })
  for (let tries = 0; ; tries++) {
    const answer = await send(target, { name: 'openapi', method: 'GET', path: OPENAPI })
    // The real server aggregates documents a moment after the CRD is established.
    if (answer.code === 404 && tries < 200) await new Promise((resolve) => setTimeout(resolve, 50))
    else return kindsOf(JSON.parse(answer.text))
  }
}

function kindsOf(document: unknown): JsonObject {
  assert.ok(isJsonObject(document) && isJsonObject(document['components']))
  const schemas = document['components']['schemas']
  assert.ok(isJsonObject(schemas))
  const kinds = Object.fromEntries(KINDS.map((name) => [name, schemas[name] ?? null]))
  return { names: Object.keys(schemas).sort(), kinds }
}

for (const session of SESSIONS) {
  describe(`behavior: the sandbox answers ${session.name} as a real server did`, async () => {
    const expected = await recorded(session)
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

test('behavior: the OpenAPI document of a CRD is the real one', async (t) => {
  const sandbox = await startSandbox()
  t.after(() => sandbox.stop())
  const target = { url: sandbox.url, adminToken: sandbox.token, readerToken: sandbox.readerToken }
  assert.deepEqual(await customOpenApi(target), JSON.parse(await readFile(fixture('openapi'), 'utf8')))
})

/** Keeps the fixtures true to the server they were recorded from. */
forEachRealServer((_server, plane) => {
  const target = (): Target => {
    const { url, adminToken, readOnlyToken } = plane()
    return { url, adminToken, readerToken: readOnlyToken }
  }
  const compare = async (name: string, actual: unknown): Promise<void> => {
    if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(fixture(name), `${JSON.stringify(actual, null, 1)}\n`)
    assert.deepEqual(actual, JSON.parse(await readFile(fixture(name), 'utf8')))
  }
  for (const session of SESSIONS) {
    test(`behavior: ${session.name} is as recorded`, async () => {
      await compare(session.name, await runSession(target(), session))
    })
  }
  test('behavior: the OpenAPI document is as recorded', async () => {
    await compare('openapi', await customOpenApi(target()))
  })
}, NEWEST)
