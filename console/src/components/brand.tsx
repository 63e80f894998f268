export function Brand() {
  return (
    <h1 className="brand">
      <img src="/icon.svg" alt="" width="22" height="22" /> Market Intel Brain
    </h1>
  );
}
