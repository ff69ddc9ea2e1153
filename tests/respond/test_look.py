import threading
from wsgiref.simple_server import make_server, WSGIServer, WSGIRequestHandler
from socketserver import ThreadingMixIn
from django.core.wsgi import get_wsgi_application
from tests.respond.fieldwork import new_link, open_wave
class S(ThreadingMixIn, WSGIServer):
    daemon_threads=True
class H(WSGIRequestHandler):
    def log_message(self,*a): pass
def test_look(committed_database, browser, settings):
    settings.ALLOWED_HOSTS=["*"]
    le=open_wave("law_enforcement"); en=open_wave("enterprise")
    s=make_server("127.0.0.1",0,get_wsgi_application(),server_class=S,handler_class=H)
    threading.Thread(target=s.serve_forever,daemon=True).start()
    base=f"http://127.0.0.1:{s.server_port}"
    for width in (1280,390):
        ctx=browser.new_context(viewport={"width":width,"height":900},java_script_enabled=False)
        pg=ctx.new_page()
        n=[0]
        def shot(name):
            n[0]+=1
            pg.screenshot(path=f"/tmp/shots/{width}-{n[0]:02d}-{name}.png",full_page=True)
        for key,wave in (("le",le),("en",en)):
            pg.goto(base+new_link(wave)); shot(key+"-consent")
            pg.click("button:text-is('Continue') >> nth=0"); shot(key+"-consent-error")
            pg.check("#consent_given"); pg.click(".actions button >> nth=0")
            for i in range(40):
                if "/answer/step/" not in pg.url: break
                shot(f"{key}-step")
                url=pg.url
                if i in (1,3,5,7,8,9,11,12,14,15):
                    pg.click(".actions button >> nth=0")
                    if pg.locator("#errors").count(): shot(f"{key}-error")
                groups=set()
                for r in pg.locator("input[type=radio], input[type=checkbox]").all():
                    nm=r.get_attribute("name")
                    if nm in groups or nm.endswith("-special"): continue
                    if "ent_size" in nm and r.get_attribute("value") not in ("gt_10000","e_5001_10000","yes","e5_10k"): 
                        pass
                    groups.add(nm); 
                    (pg.locator(f"input[name='{nm}']").nth(3) if nm=="q-ent_size" else r).check(force=True)
                for t in pg.locator("input[type=text]:not([name*=other])").all(): t.fill("40")
                used=0
                for t in pg.locator("select").all():
                    used+=1; t.select_option(index=used)
                pg.click(".actions button >> nth=0")
            shot(key+"-check")
            pg.set_default_timeout(5000); pg.click("button:text-is('Send my answers')"); shot(key+"-thanks")
            pg.goto(base+"/answer/"); shot("nolink")
        pg.goto(base+"/withdraw/"); shot("withdraw")
        pg.goto(base+"/what-we-store/"); shot("store")
        ctx.close()
    s.shutdown()
