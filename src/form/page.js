(()=>{
const f=document.getElementById('f'),said=document.getElementById('said');
if(!f)return;
const boxes=[...f.querySelectorAll('[role=switch]')],cards=[...f.querySelectorAll('.card[data-purpose]')];
const title=c=>c.querySelector('h3').textContent,own=c=>c.querySelector('[role=switch]');
const on=id=>{const b=document.getElementById(id);return b&&b.checked};
const put=(text,n)=>text.replace('{n}',n);
const shown=c=>(c.dataset.with||'').split(' ').filter(Boolean).every(on);
let seen=new Set(cards.filter(shown));
const settle=()=>{
const went=[];
for(let again=true;again;){
again=false;
for(const c of cards){
const b=own(c);
if(b&&b.checked&&!shown(c)){b.checked=false;again=true}
}
}
const now=new Set(cards.filter(shown));
for(const c of cards){c.hidden=!now.has(c);if(seen.has(c)&&!now.has(c))went.push(title(c))}
const came=cards.filter(c=>now.has(c)&&!seen.has(c)).map(title);
const parts=[[said.dataset.came,came],[said.dataset.went,went]].filter(p=>p[1].length).map(p=>p[0].replace('{what}',()=>p[1].join(', ')));
seen=now;
const bar=document.getElementById('save'),pair=document.getElementById('together');
if(bar){
const n=boxes.filter(b=>b.checked&&!('started' in b.dataset)).length,taken=boxes.some(b=>!b.checked&&'started' in b.dataset);
bar.textContent='some' in bar.dataset&&!taken?(n?put(bar.dataset.some,n):bar.dataset.none):bar.dataset.save;
}
if(pair&&pair.dataset.title)pair.textContent=put(pair.dataset.title,now.size);
return parts.join(' ');
};
const host=m=>{
const w=window.webkit&&window.webkit.messageHandlers&&window.webkit.messageHandlers.consentkit||window.consentkit;
if(w)w.postMessage(m);
};
const body=(form,act)=>{const d=new URLSearchParams(new FormData(form));d.set('do',act);return d.toString()};
f.addEventListener('change',()=>{
const words=settle();
said.textContent=words;
if('host' in f.dataset)host(body(f,'draft'));
});
let sent=false;
for(const form of document.forms)form.addEventListener('submit',e=>{
if(sent){e.preventDefault();return}
sent=true;
if('host' in f.dataset){e.preventDefault();host(body(form,e.submitter?e.submitter.value:'save'))}
});
addEventListener('pageshow',()=>{sent=false});
const fit=()=>{const b=document.querySelector('.bar');if(b){b.classList.remove('still');b.classList.toggle('still',b.offsetHeight>innerHeight/5)}};
addEventListener('resize',fit);
if(window.ResizeObserver&&document.querySelector('.bar'))new ResizeObserver(()=>requestAnimationFrame(fit)).observe(document.querySelector('.bar button'));
settle();
})();
