// Decides requests by @cloud-copilot/iam-simulate (AGPL-3.0; run as it is installed, nothing of it is kept here).
// NDJSON in: {"id", "simulation"}; NDJSON out: {"id", "answer"}: "allowed", "denied" or the first line of an error.
// node iam_simulate.mjs NODE_MODULES <in >out
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { join, resolve } from 'node:path'

const home = join(resolve(process.argv[2]), '@cloud-copilot/iam-simulate/dist/esm/index.js')
const { runSimulation } = await import(pathToFileURL(home))

async function answer(simulation) {
  try {
    const result = await runSimulation(simulation, { simulationMode: 'Strict' })
    if (result.resultType === 'error') {
      return `error: ${result.errors.message} ${JSON.stringify(result.errors)}`
    }
    return result.overallResult === 'Allowed' ? 'allowed' : 'denied'
  } catch (e) {
    return `error: ${String(e.message ?? e).split('\n')[0]}`
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, simulation } = JSON.parse(line)
  process.stdout.write(`${JSON.stringify({ id, answer: await answer(simulation) })}\n`)
}
