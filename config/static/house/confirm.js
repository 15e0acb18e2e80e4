// Steps that cannot be taken back ask first: the question stands on the button (data-ask).
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.ask;
  if (question && !window.confirm(question)) event.preventDefault();
});
