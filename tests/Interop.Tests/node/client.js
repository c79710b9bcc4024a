// The real eureka-js-client, driven by lines. Settings: JSON in the first argument. Every event of the client is a line
// "event NAME"; every line of input is a question, "app NAME" or "vip NAME", answered by "answer ID ID ...", or "stop".
'use strict';

const { createInterface } = require('node:readline');
const { Eureka } = require('eureka-js-client');

const say = (...words) => process.stdout.write(`${words.join(' ')}\n`);
const complain = (...words) => process.stderr.write(`${words.join(' ')}\n`);
const silent = () => {};

const settings = JSON.parse(process.argv[2]);
settings.logger = { debug: silent, info: silent, warn: complain, error: complain };
const client = new Eureka(settings);

for (const event of ['registered', 'started', 'heartbeat', 'registryUpdated', 'deregistered']) {
  client.on(event, () => say('event', event));
}

const ids = (instances) => instances.map((instance) => instance.instanceId || instance.hostName).sort();

const answers = {
  app: (name) => say('answer', ...ids(client.getInstancesByAppId(name))),
  vip: (name) => say('answer', ...ids(client.getInstancesByVipAddress(name))),
  stop: () => client.stop((error) => { say(error ? `failed ${error}` : 'stopped'); process.exit(error ? 1 : 0); }),
};

// The input ends with the test that owns this process, whatever became of it.
createInterface({ input: process.stdin })
  .on('line', (line) => { const [word, name] = line.split(' '); answers[word](name); })
  .on('close', () => process.exit(0));

client.start((error) => { if (error) say('failed', error); });
