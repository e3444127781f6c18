(() => {
  const at = (name) => import(`/static/device/${name}.js`);
  const ACCOUNT = "measured";
  const NOW = Date.UTC(2026, 10, 24, 9);
  const HOUR = 3_600_000;
  const iso = (ms) => new Date(ms).toISOString();
  const id = (number) =>
    `019ab2c4-${String(number % 9973).padStart(4, "0")}-7000-8000-${String(number).padStart(12, "0")}`;
  const WORDS = "beam roof load snow case library corner reading west bolt drawn lower pass second figures wood".split(
    " ",
  );
  const text = (number, length) => {
    let made = "";
    for (let each = number; made.length < length; each += 7)
      made += `${WORDS[(each * 31 + (each >> 3)) % WORDS.length]} `;
    return made;
  };
  const stamped = (number) => ({
    id: id(number),
    createdAt: iso(NOW - number * HOUR),
    updatedAt: iso(NOW - ((number * 7919) % 10_000) * HOUR),
  });
  const note = (number) => ({
    ...stamped(number),
    title: `Note ${text(number, 20)}${number}`,
    bodyMarkdown: text(number, 500 + ((number * 37) % 3000)),
    tags: number % 3 ? [WORDS[number % 16]] : [],
    links: number % 5 ? [] : ["Other"],
    isPinned: number % 400 === 0,
    isArchived: number % 10 === 0,
    explicitTags: [],
    explicitLinks: [],
  });
  const task = (number) => ({
    ...stamped(number),
    title: `Task ${text(number, 25)}${number}`,
    userNotes: number % 3 ? "" : text(number, 200),
    aiNotes: [],
    priority: ["low", "medium", "high", "urgent"][number % 4],
    dueDate: number % 4 ? iso(NOW + ((number % 900) - 300) * HOUR) : null,
    status: ["pending", "in_progress", "completed", "completed", "cancelled"][number % 5],
    recurrenceRule: "none",
    rrule: null,
    projectId: number % 2 ? id(9_900 + (number % 100)) : null,
    parentTaskId: number % 7 ? null : id(5_001 + (number % 500)),
    dependencyIds: [],
  });
  const project = (number) => ({ ...stamped(number), name: `Project ${number}`, description: text(number, 60) });
  const record = (number, total) => {
    const collection = number < total / 2 ? "notes" : number < total - 100 ? "tasks" : "projects";
    const body = { notes: note, tasks: task, projects: project }[collection](number);
    return { id: body.id, collection, rev: number + 1, deleted: null, body };
  };
  const PAGES = {
    home: ["home", "/", {}],
    planner: ["planner", "/planner", {}],
    "planner all": ["planner", "/planner", { view: "all" }],
    notebook: ["notebook", "/notebook", {}],
  };
  const bounds = {
    "@now": iso(NOW),
    "@dayStart": iso(NOW - 9 * HOUR),
    "@dayEnd": iso(NOW + 15 * HOUR),
    "@weekEnd": iso(NOW + 159 * HOUR),
  };
  let registry;
  let store;
  const loaded = async () => (registry ??= await (await fetch("/registry.json")).json());
  const readPage = async (name, more = {}) => {
    const [module, path, params] = PAGES[name];
    const { reads } = registry.modules.find((each) => each.name === module).pages.find((each) => each.path === path);
    const { readAll } = await at("reads");
    return readAll(store, registry, reads, { params: { ...params, ...more }, bounds, form: {} });
  };
  const opened = async () => {
    await loaded();
    store ??= await (await at("store")).openStore(ACCOUNT);
  };
  const timed = async (work) => {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  };
  globalThis.measure = {
    async fill(total) {
      await opened();
      const { receive } = await at("replay");
      const ms = await timed(async () => {
        for (let from = 0; from < total; from += 1_000) {
          const page = Array.from({ length: 1_000 }, (_, place) => record(from + place, total));
          await receive(store, registry, {}, page, {});
        }
      });
      const scanned = await timed(() => readPage("planner"));
      await store.settle(registry);
      const [filled, page] = [Math.round(ms), Math.round(scanned)];
      return `filled ${total} in ${filled} ms; first page without a projection ${page} ms`;
    },
    async start(name) {
      await loaded();
      const { openStore } = await at("store");
      await at("reads");
      const begun = performance.now();
      store = await openStore(ACCOUNT);
      const open = performance.now() - begun;
      await readPage(name);
      return { ms: performance.now() - begun, opened: open };
    },
    async pages(name, rounds) {
      await opened();
      await readPage(name);
      const times = [];
      for (let round = 0; round < rounds; round += 1) times.push(await timed(() => readPage(name)));
      return times;
    },
    async search(words) {
      await opened();
      await readPage("notebook");
      const times = [];
      for (const [number, q] of words.entries())
        times.push(await timed(() => readPage("notebook", { q: `${q}${number % 2 ? " " : ""}` })));
      return times;
    },
    async saves(count, reading = false) {
      await opened();
      const { apply } = await at("apply");
      const times = [];
      for (let number = 0; number < count; number += 1) {
        const fields = { title: `Saved ${number} ${Math.random()}`, bodyMarkdown: text(number, 2_000) };
        const mutation = { op: "update", collection: "notes", id: id(number * 3), fields };
        times.push(
          await timed(async () => {
            await apply(store, registry, {}, [mutation], { now: NOW + number });
            if (reading) await readPage("notebook");
          }),
        );
      }
      return times;
    },
    async settle() {
      const times = [];
      for (let round = 0; round < 5; round += 1) {
        await this.saves(1);
        times.push(await timed(() => store.settle(registry)));
      }
      return times;
    },
  };
})();
