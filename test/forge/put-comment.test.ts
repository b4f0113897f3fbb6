import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { FORGE_ERRORS } from '../../src/errors/forge.ts'
import { ObolError } from '../../src/errors/obol-error.ts'
import type { CommentHost } from '../../src/forge/comment-host.ts'
import { githubComments } from '../../src/forge/github-comments.ts'
import { gitlabNotes } from '../../src/forge/gitlab-notes.ts'
import { putComment } from '../../src/forge/put-comment.ts'
import { type HostingStandIn, type StandInOptions, startHostingStandIn } from '../../tools/demo-pr/hosting-stand-in.ts'

const TOKEN = 'CanaryToken5x1'
const HEAD = 'a'.repeat(40)
const MARKER = 'obol-review:shop'
const REQUEST = { marker: MARKER, body: `<!-- ${MARKER} -->\n\nhello`, commit: HEAD, isQuiet: false }

type World = { readonly standIn: HostingStandIn; readonly host: CommentHost }

async function open(t: TestContext, kind: 'github' | 'gitlab', more: Partial<StandInOptions> = {}): Promise<World> {
  const standIn = await startHostingStandIn({ host: kind, token: TOKEN, ...more })
  t.after(() => standIn.stop())
  standIn.head = HEAD
  const common = { api: standIn.url, number: 7, token: TOKEN, signal: new AbortController().signal, pauseMs: 1 }
  const host =
    kind === 'github'
      ? githubComments({ ...common, repository: 'shop/offers' })
      : gitlabNotes({ ...common, project: 'shop/offers' })
  return { standIn, host }
}

for (const kind of ['github', 'gitlab'] as const) {
  describe(kind, () => {
    test('default: one comment, edited in place, and left alone when it says so already', async (t) => {
      const { standIn, host } = await open(t, kind, { perPage: 2 })
      for (let i = 0; i < 5; i++) standIn.comments.push({ id: i + 1, body: `talk ${i}`, author: 'someone' })
      assert.equal((await putComment(host, REQUEST)).result, 'created')
      assert.equal((await putComment(host, REQUEST)).result, 'unchanged')
      assert.equal((await putComment(host, { ...REQUEST, body: `${REQUEST.body} again` })).result, 'updated')
      assert.deepEqual(
        standIn.comments.filter(({ body }) => body.includes(MARKER)).map(({ body }) => body),
        [`${REQUEST.body} again`],
      )
      assert.deepEqual(standIn.complaints, [])
    })

    test("behavior: another's comment is never edited, nor one of another key", async (t) => {
      const { standIn, host } = await open(t, kind)
      standIn.comments.push({ id: 1, body: REQUEST.body, author: 'someone' })
      assert.equal((await putComment(host, { ...REQUEST, body: `${REQUEST.body}!` })).result, 'created')
      const other = { ...REQUEST, marker: 'obol-review:other', body: '<!-- obol-review:other -->' }
      assert.equal((await putComment(host, other)).result, 'created')
      assert.equal(standIn.comments.find(({ id }) => id === 1)?.body, REQUEST.body)
      assert.equal(standIn.comments.length, 3)
    })

    test('behavior: nothing new is said of nothing, and an old job leaves the comment of a newer commit', async (t) => {
      const { standIn, host } = await open(t, kind)
      assert.deepEqual(await putComment(host, { ...REQUEST, isQuiet: true }), { result: 'quiet' })
      await putComment(host, REQUEST)
      assert.equal((await putComment(host, { ...REQUEST, body: `${REQUEST.body}?`, isQuiet: true })).result, 'updated')
      standIn.head = 'b'.repeat(40)
      assert.deepEqual(await putComment(host, { ...REQUEST, body: 'old' }), { result: 'outdated' })
      assert.equal(standIn.comments.length, 1)
    })

    test('behavior: a token that may only read is no failure', async (t) => {
      const { standIn, host } = await open(t, kind, { mayWrite: false })
      assert.deepEqual(await putComment(host, REQUEST), { result: 'denied' })
      assert.deepEqual(standIn.complaints, [])
    })

    test('behavior: what passes is tried again: limits, 502 and 503', async (t) => {
      const { standIn, host } = await open(t, kind)
      standIn.faults.push(
        { method: 'GET', status: 500 },
        { method: 'GET', status: 429, headers: { 'retry-after': '0' } },
      )
      standIn.faults.push(
        { method: 'POST', status: 502 },
        { method: 'POST', status: 403, headers: { 'retry-after': '0' } },
      )
      assert.equal((await putComment(host, REQUEST)).result, 'created')
      assert.equal(standIn.comments.length, 1)
    })

    test('error: a write that may have got through is not repeated, and no token is in any error', async (t) => {
      const { standIn, host } = await open(t, kind)
      standIn.faults.push({ method: 'POST', status: 500 })
      const error = await putComment(host, REQUEST).catch((thrown: unknown) => thrown)
      assert.ok(error instanceof ObolError)
      assert.equal(error.code, FORGE_ERRORS.REFUSED.code)
      assert.ok(!JSON.stringify([error.message, error.details, error.hint]).includes(TOKEN))
      assert.equal(standIn.requests.filter((line) => line.startsWith('POST')).length, 1)
      for (let i = 0; i < 4; i++) standIn.faults.push({ method: 'GET', status: 503 })
      for (let i = 0; i < 8; i++) standIn.faults.push({ method: 'GET', status: 503 })
      const down = await putComment(host, REQUEST).catch((thrown: unknown) => thrown)
      assert.ok(down instanceof ObolError)
      assert.equal(down.code, FORGE_ERRORS.UNREACHABLE.code)
    })
  })
}
